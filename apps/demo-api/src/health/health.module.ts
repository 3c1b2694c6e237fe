import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LimiterHealthIndicator } from '@rookery/limiter/terminus';
import { SearchModule } from '@rookery/search';
import { Passage } from '../entities/index.js';
import { HealthController } from './health.controller.js';
import { HerdIndicator } from './herd.indicator.js';
import { OpenSearchIndicator } from './opensearch.indicator.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), SearchModule.forFeature([Passage])],
  controllers: [HealthController],
  providers: [HerdIndicator, OpenSearchIndicator, LimiterHealthIndicator],
})
export class HealthModule {}
