import type { AppliedCost, ApplyRequest, BucketLimit, BucketRequest } from '../contracts/limiter-storage.js';
import { BucketRows } from './bucket-rows.js';
import { charge, decideCosts, fits } from './leaky-bucket.js';

/** Looked at for each new key: two, so that forgetting outruns growth. */
const SWEPT_PER_INSERT = 2;
/** A new key forgets what has been empty for so long: a bucket that comes again soon keeps its place, and costs no insertion. */
const LINGER_MICROS = 500_000;
/** Among so many buckets the one that is empty soonest makes room. */
const EVICTION_SAMPLE = 16;

type BucketName = Pick<BucketRequest, 'key' | 'scope'>;

/** The rows of the buckets of one scope, by key. */
type Scope = Map<string, number>;

/**
 * Buckets of one process, at most `maxKeys` of them. A bucket that is empty again is forgotten without a timer of its own:
 * each new key sweeps a little, and {@link BucketTable.sweep} the rest. When all are in use, the one of a sample that would be
 * empty soonest is dropped: so a flood of new keys evicts its own, and never those that are held back.
 *
 * The rows lie without gaps: the last one fills the place of one that is forgotten.
 */
export class BucketTable {
  readonly #scopes = new Map<string | undefined, Scope>();
  readonly #keys: string[] = [];
  readonly #scopeOf: Scope[] = [];
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

  apply(request: ApplyRequest, now: number): readonly AppliedCost[] {
    const { limits, costs } = request;
    const scope = this.#scope(request.scope);
    const row = scope.get(request.key);
    if (limits.length === 1 && costs.length === 1)
      return [this.#applyOne(scope, row, request.key, limits[0]!, costs[0]!, now)];
    const outcomes = decideCosts(this.#rows.levelsAt(row, limits, now), limits, costs);
    if (outcomes.length === 1 ? outcomes[0]!.allowed : outcomes.some((outcome) => outcome.allowed)) {
      const place = row ?? this.#insert(scope, request.key, now);
      this.#rows.write(place, limits, outcomes.at(-1)!.levels, now, row === undefined);
    }
    return outcomes;
  }

  /** What nearly every call is: one cost under one limit. */
  #applyOne(
    scope: Scope,
    found: number | undefined,
    key: string,
    limit: BucketLimit,
    cost: number,
    now: number,
  ): AppliedCost {
    const level = found === undefined ? 0 : this.#rows.levelAt(found, limit, now);
    if (!fits(limit, level, cost)) return { allowed: false, levels: [level] };
    const charged = charge(limit, level, cost);
    this.#rows.writeLevel(found ?? this.#insert(scope, key, now), limit, charged, now, found === undefined);
    return { allowed: true, levels: [charged] };
  }

  /** `LimiterStorage.applyAll`: nothing else runs between its first line and its last. */
  applyAll(requests: readonly ApplyRequest[], now: number): readonly AppliedCost[] {
    const outcomes: AppliedCost[] = [];
    const undo: (() => void)[] = [];
    for (const request of requests) {
      const restore = this.#restorer(request, now);
      const [outcome] = this.apply({ ...request, costs: request.costs.slice(0, 1) }, now);
      outcomes.push(outcome!);
      if (outcome!.allowed) {
        undo.push(restore);
        continue;
      }
      // Backwards, as a bucket may be named twice.
      for (const step of undo.toReversed()) step();
      return outcomes.map(({ allowed }, index) => ({ allowed, levels: this.read(requests[index]!, now) }));
    }
    return outcomes;
  }

  read(request: BucketRequest, now: number): readonly number[] {
    return this.#rows.levelsAt(this.#scope(request.scope).get(request.key), request.limits, now);
  }

  delete({ scope, key }: BucketName): void {
    const row = this.#scope(scope).get(key);
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

  #scope(name: string | undefined): Scope {
    let scope = this.#scopes.get(name);
    if (scope === undefined) this.#scopes.set(name, (scope = new Map<string, number>()));
    return scope;
  }

  #insert(scope: Scope, key: string, now: number): number {
    this.sweep(now - LINGER_MICROS, SWEPT_PER_INSERT);
    if (this.size >= this.maxKeys) this.#evict();
    const own = flat(key);
    const row = this.#keys.push(own) - 1;
    this.#scopeOf.push(scope);
    scope.set(own, row);
    return row;
  }

  #remove(row: number): void {
    const last = this.size - 1;
    this.#scopeOf[row]!.delete(this.#keys[row]!);
    if (row !== last) {
      this.#keys[row] = this.#keys[last]!;
      this.#scopeOf[row] = this.#scopeOf[last]!;
      this.#scopeOf[row].set(this.#keys[row], row);
      this.#rows.move(last, row);
    }
    this.#keys.pop();
    this.#scopeOf.pop();
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

  #restorer(name: BucketName, now: number): () => void {
    const scope = this.#scope(name.scope);
    const row = scope.get(name.key);
    if (row === undefined) return () => this.delete(name);
    const before = this.#rows.copy(row);
    return () => this.#rows.restore(scope.get(name.key) ?? this.#insert(scope, name.key, now), before);
  }
}

/** A string of its own: a part of another keeps the whole of it in memory. */
function flat(key: string): string {
  return [key.slice(0, 1), key.slice(1)].join('');
}
