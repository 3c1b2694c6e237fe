import type { AppliedCost, ApplyRequest, BucketLimit } from '../contracts/limiter-storage.js';
import { BucketRows } from './bucket-rows.js';
import { decideCosts } from './leaky-bucket.js';

/** Looked at for each new key: two, so that forgetting outruns growth. */
const SWEPT_PER_INSERT = 2;
/** Among so many buckets the one that is empty soonest makes room. */
const EVICTION_SAMPLE = 16;

/**
 * Buckets of one process, at most `maxKeys` of them. A bucket that is empty again is forgotten without a timer of its own:
 * each new key sweeps a little, and {@link BucketTable.sweep} the rest. When all are in use, the one of a sample that would be
 * empty soonest is dropped: so a flood of new keys evicts its own, and never those that are held back.
 *
 * The rows lie without gaps: the last one fills the place of one that is forgotten.
 */
export class BucketTable {
  readonly #rowOf = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #rows = new BucketRows();
  /** The row that is looked at next; it goes round for ever. */
  #hand = 0;
  #evicted = 0;

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.#keys.length;
  }

  /** Buckets that made room before they were empty, since the start. Each lost one may let its burst pass again. */
  get evicted(): number {
    return this.#evicted;
  }

  apply(key: string, limits: readonly BucketLimit[], costs: readonly number[], now: number): readonly AppliedCost[] {
    const row = this.#rowOf.get(key);
    const outcomes = decideCosts(this.#rows.levelsAt(row, limits, now), limits, costs);
    if (outcomes.some((outcome) => outcome.allowed))
      this.#rows.write(row ?? this.#insert(key, now), limits, outcomes.at(-1)!.levels, now, row === undefined);
    return outcomes;
  }

  /** `LimiterStorage.applyAll`: nothing else runs between its first line and its last. */
  applyAll(requests: readonly ApplyRequest[], now: number): readonly AppliedCost[] {
    const outcomes: AppliedCost[] = [];
    const undo: (() => void)[] = [];
    for (const { key, limits, costs } of requests) {
      const restore = this.#restorer(key, now);
      const [outcome] = this.apply(key, limits, costs.slice(0, 1), now);
      outcomes.push(outcome!);
      if (outcome!.allowed) {
        undo.push(restore);
        continue;
      }
      // Backwards, as a bucket may be named twice.
      for (const step of undo.toReversed()) step();
      return outcomes.map(({ allowed }, index) => ({
        allowed,
        levels: this.read(requests[index]!.key, requests[index]!.limits, now),
      }));
    }
    return outcomes;
  }

  read(key: string, limits: readonly BucketLimit[], now: number): readonly number[] {
    return this.#rows.levelsAt(this.#rowOf.get(key), limits, now);
  }

  delete(key: string): void {
    const row = this.#rowOf.get(key);
    if (row !== undefined) this.#remove(row);
  }

  /** Looks at the next `count` buckets and forgets those that are empty at `now`. */
  sweep(now: number, count: number): void {
    for (let looked = 0; looked < count && this.size > 0; looked++) {
      const row = this.#next();
      if (this.#rows.emptyAt(row) > now) continue;
      this.#remove(row);
      // Another has moved into its place.
      this.#hand = row;
    }
  }

  #insert(key: string, now: number): number {
    this.sweep(now, SWEPT_PER_INSERT);
    if (this.size >= this.maxKeys) this.#evict();
    const row = this.#keys.push(key) - 1;
    this.#rowOf.set(key, row);
    return row;
  }

  #remove(row: number): void {
    const last = this.size - 1;
    this.#rowOf.delete(this.#keys[row]!);
    if (row !== last) {
      this.#keys[row] = this.#keys[last]!;
      this.#rowOf.set(this.#keys[row], row);
      this.#rows.move(last, row);
    }
    this.#keys.length = last;
    this.#rows.shrink(last);
  }

  #evict(): void {
    let victim = this.#next();
    for (let looked = 1; looked < EVICTION_SAMPLE; looked++) {
      const row = this.#next();
      if (this.#rows.emptyAt(row) < this.#rows.emptyAt(victim)) victim = row;
    }
    this.#remove(victim);
    this.#evicted++;
  }

  #next(): number {
    if (this.#hand >= this.size) this.#hand = 0;
    return this.#hand++;
  }

  #restorer(key: string, now: number): () => void {
    const row = this.#rowOf.get(key);
    if (row === undefined) return () => this.delete(key);
    const before = this.#rows.copy(row);
    return () => this.#rows.restore(this.#rowOf.get(key) ?? this.#insert(key, now), before);
  }
}
