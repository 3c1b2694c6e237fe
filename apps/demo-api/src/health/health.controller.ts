import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, HealthCheckService, MikroOrmHealthIndicator } from '@nestjs/terminus';
import { Limiter, SkipRateLimit } from '@rookery/limiter';
import { LimiterHealthIndicator } from '@rookery/limiter/terminus';
import { ProblemAs } from '../problem/problems.js';
import { bounded } from './bounded.js';
import { CHECKS } from './checks.js';
import { HerdIndicator } from './herd.indicator.js';
import { Readiness } from './readiness.js';
import { SearchIndicator } from './search.indicator.js';

/** Callers give up a probe that waits longer. */
const TIMEOUT_MS = 800;

const HEALTHY = {
  description: 'It serves; `degraded` where some of its routes do not.',
  schema: {
    type: 'object' as const,
    required: ['status', 'info', 'error', 'details'],
    properties: {
      status: { type: 'string' as const, enum: ['ok', 'degraded'] },
      info: CHECKS,
      error: CHECKS,
      details: CHECKS,
    },
  },
};

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
    private readonly readiness: Readiness,
  ) {}

  /** 503 only without PostgreSQL: the application serves most routes without OpenSearch or memcached, and is `degraded` then. */
  @Get()
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'What each server and library is like' })
  @ApiOkResponse(HEALTHY)
  @ProblemAs(503, 'PostgreSQL does not answer; `details` lists each check.')
  check(): Promise<HealthCheckResult> {
    return this.health.check([
      this.#postgres(),
      bounded('search', TIMEOUT_MS, () => this.search.check('search', TIMEOUT_MS)),
      () => this.herd.check('herd'),
      bounded('limiter', TIMEOUT_MS, () => this.limits.check('limiter', this.limiter)),
    ]);
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers; looks at nothing else' })
  @ApiOkResponse({
    schema: { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } }, required: ['status'] },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Without PostgreSQL no route is right, and a process that stops accepts no more requests. */
  @Get('ready')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'Whether the process wants requests' })
  @ApiOkResponse(HEALTHY)
  @ProblemAs(503, 'PostgreSQL does not answer, or the process is about to stop.')
  async ready(): Promise<HealthCheckResult> {
    if (!this.readiness.wanted) throw new ServiceUnavailableException('The process is about to stop.');
    return this.health.check([this.#postgres()]);
  }

  #postgres() {
    return bounded('postgres', TIMEOUT_MS, () => this.postgres.pingCheck('postgres', { timeout: TIMEOUT_MS }));
  }
}
