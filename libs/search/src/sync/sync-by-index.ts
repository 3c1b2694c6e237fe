import type { EntityManager, EventSubscriber } from '@mikro-orm/core';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { SyncStrategy } from './strategy.js';
import { groupTouches, type Touch } from '../capture/touch.js';

/** A strategy and the indices that it keeps in step. */
export interface IndicesInStep {
  readonly strategy: SyncStrategy;
  readonly definitions: readonly IndexDefinition[];
}

/** Strategies side by side, each with indices of its own. One without any follows nothing: that is `manual`. */
export class SyncByIndex implements SyncStrategy {
  readonly subscribers: readonly EventSubscriber[];
  private readonly strategies: readonly SyncStrategy[];
  private readonly byDefinition: ReadonlyMap<IndexDefinition, SyncStrategy>;

  constructor(members: readonly IndicesInStep[]) {
    this.strategies = members.map(({ strategy }) => strategy);
    this.subscribers = this.strategies.flatMap(({ subscribers }) => subscribers);
    this.byDefinition = new Map(
      members.flatMap(({ strategy, definitions }) => definitions.map((definition) => [definition, strategy])),
    );
  }

  /** Indices that follow the database. */
  get followed(): readonly IndexDefinition[] {
    return [...this.byDefinition.keys()];
  }

  async pending(): Promise<number> {
    const each = await Promise.all(this.strategies.map((strategy) => strategy.pending()));
    return each.reduce((sum, pending) => sum + pending, 0);
  }

  async start(): Promise<void> {
    for (const strategy of this.strategies) await strategy.start();
  }

  /** Touches of indices that follow nothing are left out. */
  async add(touches: readonly Touch[], em: EntityManager): Promise<void> {
    for (const [strategy, group] of groupTouches(touches, ({ definition }) => this.byDefinition.get(definition)))
      await strategy?.add(group, em);
  }

  async settled(timeoutMs: number): Promise<void> {
    await Promise.all(this.strategies.map((strategy) => strategy.settled(timeoutMs)));
  }

  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.strategies.map((strategy) => strategy.drain(timeoutMs)));
  }

  async close(): Promise<void> {
    await Promise.all(this.strategies.map((strategy) => strategy.close()));
  }
}
