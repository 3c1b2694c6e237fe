import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService, MikroOrmHealthIndicator } from '@nestjs/terminus';
import { Limiter, SkipRateLimit } from '@rookery/limiter';
import { LimiterHealthIndicator } from '@rookery/limiter/terminus';
import { HerdIndicator } from './herd.indicator.js';
import { SearchIndicator } from './search.indicator.js';

const TIMEOUT_MS = 1_000;

/** 503 only without PostgreSQL: the application serves most routes without OpenSearch or memcached, and is `degraded` then. */
@ApiTags('health')
@Controller('health')
@SkipRateLimit()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly postgres: MikroOrmHealthIndicator,
    private readonly search: SearchIndicator,
    private readonly herd: HerdIndicator,
    private readonly limits: LimiterHealthIndicator,
    private readonly limiter: Limiter,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.postgres.pingCheck('postgres', { timeout: TIMEOUT_MS }),
      () => this.search.check('search', TIMEOUT_MS),
      () => this.herd.check('herd'),
      () => this.limits.check('limiter', this.limiter),
    ]);
  }
}
