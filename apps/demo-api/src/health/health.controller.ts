import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService, MikroOrmHealthIndicator } from '@nestjs/terminus';
import { SkipRateLimit } from '@rookery/limiter';
import { HerdIndicator } from './herd.indicator.js';
import { OpenSearchIndicator } from './opensearch.indicator.js';

const TIMEOUT_MS = 1_000;

/** 503 only without PostgreSQL: the application serves most routes without OpenSearch or memcached, and is `degraded` then. */
@ApiTags('health')
@Controller('health')
@SkipRateLimit()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly postgres: MikroOrmHealthIndicator,
    private readonly opensearch: OpenSearchIndicator,
    private readonly herd: HerdIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.postgres.pingCheck('postgres', { timeout: TIMEOUT_MS }),
      () => this.opensearch.check('opensearch', TIMEOUT_MS),
      () => this.herd.check('herd'),
    ]);
  }
}
