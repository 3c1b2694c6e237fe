import type { AppliedCost, ApplyRequest, BucketLimit } from '../contracts/limiter-storage.js';
import { applyCosts, emptyAt, levelsAt, type BucketState } from './leaky-bucket.js';

/** `[emptyAt, updatedAt, level, unitsPerToken, level, unitsPerToken, …]`: one flat array of numbers takes a third of an object tree. */
type PackedBucket = readonly number[];

/** Looked at for each new key: two, so that forgetting outruns growth. */
const SWEPT_PER_INSERT = 2;
/** Among so many buckets the one that is empty soonest makes room. */
const EVICTION_SAMPLE = 16;

/**
 * Buckets of one process, at most `maxKeys` of them. A bucket that is empty again is forgotten without a timer of its own:
 * each new key sweeps a little, and {@link BucketTable.sweep} the rest. When all are in use, the one of a sample that would be
 * empty soonest is dropped: so a flood of new keys evicts its own, and never those that are held back.
 */
export class BucketTable {
  readonly #buckets = new Map<string, PackedBucket>();
  #hand: MapIterator<[string, PackedBucket]> = this.#buckets.entries();
  #evicted = 0;

  constructor(private readonly maxKeys: number) {}

  get size(): number {
    return this.#buckets.size;
  }

  /** Buckets that made room before they were empty, since the start. Each lost one may let its burst pass again. */
  get evicted(): number {
    return this.#evicted;
  }

  apply(key: string, limits: readonly BucketLimit[], costs: readonly number[], now: number): readonly AppliedCost[] {
    const { outcomes, next } = applyCosts(this.#load(key, now), limits, costs, now);
    if (next !== undefined) this.#store(key, pack(next, emptyAt(next, limits)), now);
    return outcomes;
  }

  /** `LimiterStorage.applyAll`: nothing else runs between its first line and its last. */
  applyAll(requests: readonly ApplyRequest[], now: number): readonly AppliedCost[] {
    const outcomes: AppliedCost[] = [];
    const undo: (() => void)[] = [];
    for (const { key, limits, costs } of requests) {
      const before = this.#buckets.get(key);
      const [outcome] = this.apply(key, limits, costs.slice(0, 1), now);
      outcomes.push(outcome!);
      if (outcome!.allowed) {
        undo.push(() => (before === undefined ? this.#buckets.delete(key) : this.#buckets.set(key, before)));
        continue;
      }
      // Backwards, as a bucket may be named twice.
      for (const step of undo.toReversed()) step();
      return outcomes.map(({ allowed }, index) => ({ allowed, levels: this.read(requests[index]!.key, requests[index]!.limits, now) }));
    }
    return outcomes;
  }

  read(key: string, limits: readonly BucketLimit[], now: number): readonly number[] {
    return levelsAt(this.#load(key, now), limits, now);
  }

  delete(key: string): void {
    this.#buckets.delete(key);
  }

  /** Looks at the next `count` buckets and forgets those that are empty at `now`. */
  sweep(now: number, count: number): void {
    for (let looked = 0; looked < count; looked++) {
      const entry = this.#next();
      if (entry === undefined) return;
      if (entry[1][0]! <= now) this.#buckets.delete(entry[0]);
    }
  }

  #load(key: string, now: number): BucketState | undefined {
    const packed = this.#buckets.get(key);
    return packed === undefined || packed[0]! <= now ? undefined : unpack(packed);
  }

  #store(key: string, bucket: PackedBucket, now: number): void {
    if (!this.#buckets.has(key)) {
      this.sweep(now, SWEPT_PER_INSERT);
      if (this.#buckets.size >= this.maxKeys) this.#evict();
    }
    this.#buckets.set(key, bucket);
  }

  #evict(): void {
    let victim = this.#next();
    for (let looked = 1; looked < EVICTION_SAMPLE; looked++) {
      const entry = this.#next();
      if (entry !== undefined && victim !== undefined && entry[1][0]! < victim[1][0]!) victim = entry;
    }
    if (victim === undefined) return;
    this.#buckets.delete(victim[0]);
    this.#evicted++;
  }

  /** The bucket under the hand, which goes round for ever; `undefined` only where there is none at all. */
  #next(): [string, PackedBucket] | undefined {
    const step = this.#hand.next();
    if (!step.done) return step.value;
    this.#hand = this.#buckets.entries();
    return this.#hand.next().value;
  }
}

function pack({ updatedAt, levels, unitsPerToken }: BucketState, empty: number): PackedBucket {
  // An array that grows by `push` keeps room for more: twice the memory for each bucket.
  const packed = new Array<number>(2 + 2 * levels.length);
  packed[0] = empty;
  packed[1] = updatedAt;
  for (let index = 0; index < levels.length; index++) {
    packed[2 + 2 * index] = levels[index]!;
    packed[3 + 2 * index] = unitsPerToken[index]!;
  }
  return packed;
}

function unpack(packed: PackedBucket): BucketState {
  const levels: number[] = [];
  const unitsPerToken: number[] = [];
  for (let index = 2; index < packed.length; index += 2) {
    levels.push(packed[index]!);
    unitsPerToken.push(packed[index + 1]!);
  }
  return { updatedAt: packed[1]!, levels, unitsPerToken };
}
