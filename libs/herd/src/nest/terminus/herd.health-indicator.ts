import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';

import type { Herd } from '../../contracts/herd.js';

/** @property minUpFraction the share of nodes that must be up. Default 0.5: an application goes on without a part of its cache. */
export type HerdHealthOptions = Readonly<{ minUpFraction?: number }>;

/**
 * Health of a herd for `@nestjs/terminus`: from what the herd knows, without asking the nodes. Provide it in the module of
 * your health controller, which imports `TerminusModule`.
 *
 * @example this.health.check([() => this.herds.check('cache', this.cache)])
 */
@Injectable()
export class HerdHealthIndicator {
  constructor(private readonly indicators: HealthIndicatorService) {}

  check(
    key: string,
    herd: Pick<Herd<object>, 'topology'>,
    { minUpFraction = 0.5 }: HerdHealthOptions = {},
  ): HealthIndicatorResult {
    const { nodes, discovery } = herd.topology;
    const down = nodes.flatMap(({ node, health }) => (health.state === 'down' ? [`${node.id}: ${health.reason}`] : []));
    const details = {
      nodes: nodes.length,
      down,
      ...(discovery.state === 'refused' && { discovery: discovery.reason }),
    };
    const indicator = this.indicators.check(key);
    const up = nodes.length - down.length;
    return nodes.length > 0 && up >= nodes.length * minUpFraction ? indicator.up(details) : indicator.down(details);
  }
}
