import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { InvalidationBus } from '@rookery/herd';
import { redisBus } from '@rookery/herd/redis';
import type { Redis } from 'ioredis';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { connectRedis } from '../redis/connect-redis.js';

/** How processes are notified of what another has changed: by Redis, where there is one. */
@Injectable()
export class Invalidations implements OnApplicationShutdown {
  readonly bus: InvalidationBus | undefined;
  readonly #redis: Redis | undefined;

  constructor(@Inject(DEMO_CONFIG) { redisUrl, limiterTimeoutMs, prefix }: DemoConfig) {
    if (redisUrl === undefined) return;
    this.#redis = connectRedis(redisUrl, limiterTimeoutMs, 'other processes see edits when what they hold has expired');
    this.bus = redisBus(this.#redis, { channel: `${prefix}:invalidations` });
  }

  onApplicationShutdown(): void {
    this.#redis?.disconnect();
  }
}
