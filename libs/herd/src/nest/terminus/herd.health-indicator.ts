import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';

import type { Herd } from '../../contracts/herd.js';
import { checked, checkShape, checkShare } from '../../support/option-checks.js';

/** When a herd is healthy. @property minUpFraction the share of nodes that must be up. Default 0.5: an application goes on without a part of its cache. */
export type HerdHealthOptions = Readonly<{ minUpFraction?: number }>;

/**
 * Health of a herd for `@nestjs/terminus`: from the state that the herd keeps, without a request to the nodes. Provide it in the module of
 * your health controller, which imports `TerminusModule`.
 *
 * @example this.health.check([() => this.herds.check('cache', this.cache)])
 */
@Injectable()
export class HerdHealthIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  check(key: string, herd: Pick<Herd<object>, 'topology'>, options: HerdHealthOptions = {}): HealthIndicatorResult {
    const minUpFraction = checked((problems) => {
      const { minUpFraction = 0.5 } = checkShape(problems, options, ['minUpFraction']);
      checkShare(problems, 'minUpFraction', minUpFraction, 'leave it out for 0.5');
      return minUpFraction;
    });
    const { nodes, discovery } = herd.topology;
    const down = nodes.flatMap(({ node, health }) => (health.state === 'up' ? [] : [`${node.id}: ${health.reason}`]));
    const details = {
      nodes: nodes.length,
      down,
      ...(discovery.state === 'rejected' && { discovery: discovery.reason }),
    };
    const indicator = this.indicators.check(key);
    const up = nodes.length - down.length;
    return nodes.length > 0 && up >= nodes.length * minUpFraction ? indicator.up(details) : indicator.down(details);
  }
}
