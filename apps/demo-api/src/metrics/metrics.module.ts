import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';
import { MetricsCollector } from './metrics.collector.js';
import { MetricsController } from './metrics.controller.js';

@Module({
  controllers: [MetricsController],
  providers: [{ provide: Registry, useFactory: () => new Registry() }, MetricsCollector],
})
export class MetricsModule {}
