import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HerdMetrics } from './herd-metrics.js';
import { LimiterMetrics } from './limiter-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { SearchMetrics } from './search-metrics.js';
import { SyncMetrics } from './sync-metrics.js';

/** One collector for each library. */
@Module({
  controllers: [MetricsController],
  providers: [
    { provide: Registry, useFactory: () => new Registry() },
    HerdMetrics,
    LimiterMetrics,
    SearchMetrics,
    SyncMetrics,
  ],
})
export class MetricsModule {}
