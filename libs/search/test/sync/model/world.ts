import type { VersionedOperation, BulkOutcome } from '@rookery/search';
import type { MigrationState } from '../../../src/migration/migration-state.js';
import type { OutboxRow } from '../../../src/sync/outbox-row.js';
import type { Schedule } from './schedule.js';

/** A row of the indexed table: a value, and whose value its document embeds. */
export interface Item {
  readonly id: number;
  readonly value: number;
  readonly owner: number;
}

interface StoredRow extends OutboxRow {
  lockedBy: number | undefined;
}

interface Stored {
  readonly version: number;
  /** `undefined`: deleted, its version remembered. */
  readonly source: string | undefined;
}

export const ALIAS = 'items';
const ITEMS = [1, 2, 3, 4, 5];
const OWNERS = [1, 2];

/** What is committed, what waits, and what the indices hold. */
export class World {
  readonly items = new Map<number, Item>();
  readonly owners = new Map<number, number>();
  readonly outbox: StoredRow[] = [];
  readonly indices: Record<'old' | 'new', Map<string, Stored>> = { old: new Map(), new: new Map() };
  live: 'old' | 'new' = 'old';
  migration: MigrationState | undefined;
  requestsUnderWay = 0;
  /** Of the size of the clock's ticks, so that a version made of it has a chance. */
  private lastRowId = 1_000;
  private clock = 1_000;
  private counter = 0;
  private readonly locked = new Set<string>();

  constructor(private readonly schedule: Schedule) {
    for (const owner of OWNERS) this.owners.set(owner, (this.counter += 1));
    for (const id of ITEMS.slice(0, 3))
      this.items.set(id, { id, value: (this.counter += 1), owner: this.schedule.pick(OWNERS) });
    for (const id of this.items.keys()) this.outbox.push(this.rowOf([], id));
  }

  /** A transaction: its row ids are given before it commits, and another may commit in between. */
  async transaction(): Promise<void> {
    const changes: (() => void)[] = [];
    const rows: StoredRow[] = [];
    const held: string[] = [];
    for (let statements = 1 + this.schedule.int(2); statements > 0; statements -= 1) {
      await this.schedule.point();
      const ownerChange = this.schedule.random() < 0.3;
      const key = this.schedule.pick(ownerChange ? OWNERS : ITEMS);
      const lock = `${ownerChange ? 'owner' : 'item'} ${key}`;
      if (this.locked.has(lock)) continue;
      this.locked.add(lock);
      held.push(lock);
      changes.push(ownerChange ? () => void this.owners.set(key, (this.counter += 1)) : this.itemChange(key));
      rows.push(this.rowOf(ownerChange ? ['owner'] : [], key));
    }
    await this.schedule.point(0.5);
    if (this.schedule.random() < 0.85) {
      for (const change of changes) change();
      this.outbox.push(...rows);
    }
    for (const lock of held) this.locked.delete(lock);
  }

  /** Microseconds of a clock that is not always right. */
  tick(): number {
    const now = 1_000 + this.schedule.int(50);
    return (this.clock = Math.max(this.clock + 1, now));
  }

  /** Claims rows that nobody else has; row ids are not in the order of commits. */
  claim(relay: number, limit: number): StoredRow[] {
    const free = this.outbox.filter(({ lockedBy }) => lockedBy === undefined).slice(0, limit);
    for (const row of free) row.lockedBy = relay;
    return free;
  }

  /** What a database does when a connection ends: locks are gone. */
  release(relay: number): void {
    for (const row of this.outbox) if (row.lockedBy === relay) row.lockedBy = undefined;
  }

  delete(gone: (row: OutboxRow) => boolean): void {
    for (let at = this.outbox.length - 1; at >= 0; at -= 1) if (gone(this.outbox[at]!)) this.outbox.splice(at, 1);
  }

  /** A request arrives at any time, also after its sender died; so does the answer. */
  async bulk(operations: readonly VersionedOperation[]): Promise<readonly BulkOutcome[]> {
    this.requestsUnderWay += 1;
    await this.schedule.point(0.3);
    const outcomes = operations.map((operation) => this.apply(operation));
    this.requestsUnderWay -= 1;
    await this.schedule.point();
    return outcomes;
  }

  /** Where an index differs from the database; empty when it does not. */
  differences(index: 'old' | 'new'): string[] {
    const wanted = new Map(
      [...this.items.values()].map(({ id, value, owner }) => [
        String(id),
        JSON.stringify({ value, owner: { name: this.owners.get(owner) } }),
      ]),
    );
    const ids = new Set([...wanted.keys(), ...this.indices[index].keys()]);
    return [...ids].flatMap((id) => {
      const has = this.indices[index].get(id)?.source;
      return has === wanted.get(id) ? [] : [`${index}/${id}: index has ${has}, database says ${wanted.get(id)}`];
    });
  }

  private apply({ index, id, version, ...operation }: VersionedOperation): BulkOutcome {
    const documents = this.indices[index === ALIAS ? this.live : index === 'old-writes' ? 'old' : 'new'];
    const stored = documents.get(id);
    if (stored && stored.version >= version) return { id, outcome: 'superseded' };
    documents.set(id, { version, source: 'source' in operation ? operation.source : undefined });
    return { id, outcome: operation.action === 'index' ? 'written' : 'deleted' };
  }

  private itemChange(id: number): () => void {
    const [kind, owner] = [this.schedule.random(), this.schedule.pick(OWNERS)];
    if (kind < 0.25) return () => void this.items.delete(id);
    return () =>
      void this.items.set(id, {
        id,
        value: (this.counter += 1),
        owner: kind < 0.6 ? owner : (this.items.get(id)?.owner ?? owner),
      });
  }

  private rowOf(path: readonly string[], key: number): StoredRow {
    this.lastRowId += 1;
    return {
      id: String(this.lastRowId),
      alias: ALIAS,
      path,
      key,
      createdAt: this.tick(),
      attempts: 0,
      lockedBy: undefined,
    };
  }
}
