import type { ServerResponse } from 'node:http';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SkipRateLimit } from '@rookery/limiter';
import { LimiterMetrics } from './limiter-metrics.js';

@ApiTags('health')
@Controller('metrics')
@SkipRateLimit()
export class MetricsController {
  constructor(private readonly metrics: LimiterMetrics) {}

  @Get()
  @ApiOperation({ summary: 'Decisions of the limiter, for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String })
  read(@Res({ passthrough: true }) response: ServerResponse): Promise<string> {
    response.setHeader('Content-Type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
