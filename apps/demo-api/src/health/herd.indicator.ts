import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { type Herd, InjectHerd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';

@Injectable()
export class HerdIndicator {
  constructor(
    private readonly health: HealthIndicatorService,
    @InjectHerd('cache') private readonly herd: Herd<MemcachedCommands>,
  ) {}

  /** Degraded while a node is down. From the state that the herd keeps: no request is sent. */
  check(key: string): HealthIndicatorResult {
    const nodes = Object.fromEntries(this.herd.topology.nodes.map(({ node, health }) => [node.id, health.state]));
    const session = this.health.check(key);
    return Object.values(nodes).every((state) => state === 'up') ? session.up({ nodes }) : session.degraded({ nodes });
  }
}
