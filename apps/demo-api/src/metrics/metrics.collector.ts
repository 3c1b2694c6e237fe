import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectHerd, type Herd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { collectHerdMetrics } from '@rookery/herd/prometheus';
import { collectLimiterMetrics } from '@rookery/limiter/prometheus';
import { InjectSearch, type SearchService } from '@rookery/search';
import { collectSearchMetrics } from '@rookery/search/prometheus';
import { Registry } from 'prom-client';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';

/** What the three libraries publish becomes metrics while the application runs. */
@Injectable()
export class MetricsCollector implements OnModuleInit, OnModuleDestroy {
  #stops: readonly (() => void)[] = [];

  constructor(
    private readonly register: Registry,
    @InjectHerd('cache') private readonly cache: Herd<MemcachedCommands>,
    @InjectSearch() private readonly search: SearchService,
    @Inject(DEMO_CONFIG) private readonly config: DemoConfig,
  ) {}

  onModuleInit(): void {
    const { register, search } = this;
    this.#stops = [
      collectHerdMetrics({ register, herds: [this.cache] }),
      collectLimiterMetrics({ register }),
      collectSearchMetrics({ register, search, slowQueryMs: this.config.slowQueryMs }),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }
}
