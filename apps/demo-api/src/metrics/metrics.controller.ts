import type { ServerResponse } from 'node:http';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SkipRateLimit } from '@rookery/limiter';
import { Registry } from 'prom-client';

@ApiTags('health')
@Controller('metrics')
@SkipRateLimit()
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @ApiOperation({ summary: 'What the three libraries do, for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  read(@Res({ passthrough: true }) response: ServerResponse): Promise<string> {
    response.setHeader('Content-Type', this.registry.contentType);
    return this.registry.metrics();
  }
}
