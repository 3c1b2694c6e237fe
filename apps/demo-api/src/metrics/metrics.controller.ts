import type { ServerResponse } from 'node:http';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SkipRateLimit } from '@rookery/limiter';
import { Registry } from 'prom-client';

@ApiTags('health')
@Controller('metrics')
@SkipRateLimit()
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @ApiOperation({ summary: 'What the three libraries do, for Prometheus' })
  @ApiOkResponse({ description: 'In the text format.', content: { 'text/plain': { schema: { type: 'string' } } } })
  read(@Res({ passthrough: true }) response: ServerResponse): Promise<string> {
    response.setHeader('Content-Type', this.registry.contentType);
    return this.registry.metrics();
  }
}
