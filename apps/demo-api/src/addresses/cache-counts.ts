import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type CacheMessage, herdChannels } from '@rookery/herd';
import { DEMO_CONFIG, type DemoConfig } from '../config/demo-config.js';
import { addressNamespace } from './address-cache.js';

export type HitsAndMisses = Readonly<{ hits: number; misses: number }>;
const NONE: HitsAndMisses = Object.freeze({ hits: 0, misses: 0 });

/** Reads since the start, by what had the value: the memory of this process, or a node. A node that does not answer counts as a miss. */
@Injectable()
export class CacheCounts implements OnModuleInit, OnModuleDestroy {
  readonly #byNode = new Map<string, HitsAndMisses>();
  readonly #namespace: string;
  #memoryHits = 0;

  constructor(@Inject(DEMO_CONFIG) config: DemoConfig) {
    this.#namespace = addressNamespace(config);
  }

  onModuleInit(): void {
    subscribe(herdChannels.cache, this.#count);
  }

  onModuleDestroy(): void {
    unsubscribe(herdChannels.cache, this.#count);
  }

  get memoryHits(): number {
    return this.#memoryHits;
  }

  of(node: string): HitsAndMisses {
    return this.#byNode.get(node) ?? NONE;
  }

  readonly #count = (message: unknown): void => {
    const { namespace, event, tier, node } = message as CacheMessage;
    if (namespace !== this.#namespace || event === 'refresh') return;
    if (tier === 'memory') this.#memoryHits += 1;
    if (node === undefined) return;
    const { hits, misses } = this.of(node);
    this.#byNode.set(node, event === 'miss' ? { hits, misses: misses + 1 } : { hits: hits + 1, misses });
  };
}
