import type { EntityManager } from '@mikro-orm/core';
import type { Touch } from './touch.js';

/** What was seen before upserts: an entity manager reports each upsert after it was done, in any order. */
export class UpsertsUnderWay {
  private readonly seen = new WeakMap<EntityManager, Touch[]>();

  add(em: EntityManager, touches: readonly Touch[]): void {
    if (touches.length === 0) return;
    const known = this.seen.get(em);
    if (known) known.push(...touches);
    else this.seen.set(em, [...touches]);
  }

  /** Those of `upsertMany` are all done when the first one is reported. */
  take(em: EntityManager): readonly Touch[] {
    const touches = this.seen.get(em) ?? [];
    this.seen.delete(em);
    return touches;
  }
}
