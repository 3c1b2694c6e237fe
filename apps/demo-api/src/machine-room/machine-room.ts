import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Herd, InjectHerd } from '@rookery/herd';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { InjectSearch, type SearchService } from '@rookery/search';
import { defer, from, map, merge, type Observable, skip, switchMap, throttleTime, timer } from 'rxjs';
import { CacheCounts } from '../addresses/cache-counts.js';
import { Passage } from '../entities/index.js';
import { Faults } from './faults/faults.js';
import { News } from './news.js';
import type { RoomIndex, RoomState } from './room-state.js';
import { type Sample, Sampled } from './sampled.js';

const EVERY_MS = 1000;
/** Between two messages, however often the herd changes. */
const LEAST_MS = 200;
/** The first message waits so long for the first samples. */
const FIRST_MS = 500;
const TIMEOUT_MS = 800;
const MAX_AGE_MS = 3000;

/** What goes on in the three libraries, of which a message a second is also the heartbeat of its stream. */
@Injectable()
export class MachineRoom implements OnModuleInit, OnModuleDestroy {
  readonly #news = new News();
  readonly #outbox = new Sampled(() => this.search.backlog(), MAX_AGE_MS);
  readonly #engine = new Sampled(() => this.search.health({ timeoutMs: TIMEOUT_MS }), MAX_AGE_MS);
  readonly #index = new Sampled(() => this.#readIndex(), MAX_AGE_MS);

  constructor(
    @InjectHerd('cache') private readonly herd: Herd<MemcachedCommands>,
    @InjectSearch() private readonly search: SearchService,
    private readonly counts: CacheCounts,
    private readonly faults: Faults,
  ) {}

  onModuleInit(): void {
    this.#news.listen();
  }

  onModuleDestroy(): void {
    this.#news.ignore();
  }

  /** The state now, each second, and when the herd changes. */
  states(): Observable<RoomState> {
    return defer(() => {
      let { last } = this.#news.since(0);
      const asked = [this.#outbox, this.#engine, this.#index].map((sampled) => sampled.refresh());
      const ready = from(Promise.race([Promise.all(asked), delay(FIRST_MS, undefined, { ref: false })]));
      const changes = this.herd.topology$.pipe(skip(1));
      return ready.pipe(
        switchMap(() => merge(timer(0, EVERY_MS), changes)),
        throttleTime(LEAST_MS, undefined, { leading: true, trailing: true }),
        map(() => {
          const { lines, last: read } = this.#news.since(last);
          last = read;
          return this.#state(lines);
        }),
      );
    });
  }

  #state(news: readonly string[]): RoomState {
    const { nodes, version } = this.herd.snapshot();
    return {
      at: Date.now(),
      topologyVersion: version,
      nodes: nodes.map(({ node, health, share, stats }) => ({
        id: node.id,
        state: health.state,
        share,
        ...this.counts.of(node.id),
        failures: stats.failures,
      })),
      memoryHits: this.counts.memoryHits,
      limits: { allowed: this.#news.allowed, refused: this.#news.refused },
      outbox: valueOf(this.#outbox.read()),
      index: valueOf(this.#index.read()),
      engine: valueOf(this.#engine.read()),
      faults: this.faults.state(),
      news,
    };
  }

  async #readIndex(): Promise<RoomIndex> {
    const { plan, migration } = await this.search.migrations.status(Passage, { timeoutMs: TIMEOUT_MS });
    return { alias: plan.alias, index: plan.liveIndex ?? null, phase: migration?.phase ?? null };
  }
}

function valueOf<Value>(sample: Sample<Value>): Value | null {
  return sample.state === 'known' ? sample.value : null;
}
