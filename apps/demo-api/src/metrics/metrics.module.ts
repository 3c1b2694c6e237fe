import { Module } from '@nestjs/common';
import { LimiterMetrics } from './limiter-metrics.js';
import { MetricsController } from './metrics.controller.js';

@Module({ controllers: [MetricsController], providers: [LimiterMetrics] })
export class MetricsModule {}
