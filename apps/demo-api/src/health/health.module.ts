import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LimiterHealthIndicator } from '@rookery/limiter/terminus';
import { SearchHealthIndicator } from '@rookery/search/terminus';
import { HealthController } from './health.controller.js';
import { HerdIndicator } from './herd.indicator.js';
import { Readiness } from './readiness.js';
import { SearchIndicator } from './search.indicator.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [Readiness, HerdIndicator, SearchIndicator, SearchHealthIndicator, LimiterHealthIndicator],
})
export class HealthModule {}
