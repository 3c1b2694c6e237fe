import type { Clock } from '../contracts/clock.js';
import type {
  AppliedCost,
  ApplyRequest,
  BucketLimit,
  BucketReading,
  BucketRequest,
  RateBucketLimit,
} from '../contracts/limiter-storage.js';
import { BucketRows } from './bucket-rows.js';
import { BucketShapes, Scope, type Shape } from './bucket-shapes.js';
import { emptyAt, type BucketState } from './bucket-state.js';
import { applyRequest, readingAt } from './leaky-bucket.js';
import { charge, fits, isPlain } from './room.js';

/** Looked at for each new key: two, so that forgetting outruns growth. */
const SWEPT_PER_INSERT = 2;
/** A new key forgets what has been empty for so long: a bucket that comes again soon keeps its place, and costs no insertion. */
const LINGER_MICROS = 500_000;
/** Among so many buckets the one that is empty soonest makes room. */
const EVICTION_SAMPLE = 16;

const NO_SHAPE = -1;

type BucketName = Pick<BucketRequest, 'key' | 'scope'>;

/**
 * Buckets of one process, at most `maxKeys` of them. A bucket that is empty again is forgotten without a timer of its own:
 * each new key sweeps a little, and {@link BucketTable.sweep} the rest. When all are in use, the one of a sample that would be
 * empty soonest is dropped: so a flood of new keys evicts its own, and never those that are held back.
 *
 * The rows lie without gaps: the last one fills the place of one that is forgotten. A bucket of plain rates is a row of numbers;
 * any other is an object beside its row.
 */
export class BucketTable {
  readonly #scopes = new Map<string | undefined, Scope>();
  #lastName: string | undefined;
  #lastScope: Scope | undefined;
  readonly #keys: string[] = [];
  readonly #shapes = new BucketShapes();
  readonly #rows = new BucketRows();
  /** By row, where it has the shape of objects. */
  readonly #states = new Map<number, BucketState>();
  /** The row that is looked at next; it goes round for ever. */
  #hand = 0;
  #evicted = 0;

  /** @param wallClock epoch microseconds, for quotas, where `now` counts from elsewhere */
  constructor(
    private readonly maxKeys: number,
    private readonly wallClock?: Clock,
  ) {}

  get size(): number {
    return this.#keys.length;
  }

  /** Buckets that made room before they were empty, since the start. Each lost one may let its burst pass again. */
  get evicted(): number {
    return this.#evicted;
  }

  apply(request: ApplyRequest, now: number): readonly AppliedCost[] {
    const { limits, costs } = request;
    if (limits.length === 1 && costs.length === 1 && request.settle !== true) {
      const level = this.applyOne(request.scope, request.key, limits, costs[0]!, now);
      if (level !== undefined)
        return [level < 0 ? { allowed: false, levels: [-1 - level] } : { allowed: true, levels: [level] }];
    }
    const scope = this.#scope(request.scope);
    const row = scope.rowOf.get(request.key);
    const wallNow = this.wallClock?.() ?? now;
    const { outcomes, next } = applyRequest(this.#stateOf(row, now), request, now, wallNow);
    if (next !== undefined)
      this.#store(row ?? this.#insert(scope, request.key, now), scope, request, next, wallNow - now);
    return outcomes;
  }

  /**
   * One cost of a bucket of one limit, as nearly every call is, without an object.
   *
   * @returns the level; where the cost has no room, `-1 - level`; `undefined`, and nothing has happened, where it needs more than a
   *   plain rate whose row is as this policy wrote it, or new
   */
  applyOne(
    scopeName: string | undefined,
    key: string,
    limits: readonly BucketLimit[],
    cost: number,
    now: number,
  ): number | undefined {
    const scope = this.#scope(scopeName);
    const found = scope.rowOf.get(key);
    const limit = limits[0] as RateBucketLimit;
    if (found !== undefined) {
      const shape = this.#shapes.known(scope, limits);
      return shape === undefined ? undefined : this.#rows.charge(found, shape.id, limit, cost, now);
    }
    if (!isPlain(limits)) return undefined;
    if (cost > 0 && !fits(limit, 0, cost)) return -1;
    const level = charge(limit, 0, cost);
    const row = this.#insert(scope, key, now);
    this.#rows.start(row, this.#take(this.#shapes.of(scope, limits)).id, limit, level, now);
    return level;
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
      return outcomes.map(({ allowed }, index) => ({ allowed, ...this.read(requests[index]!, now) }));
    }
    return outcomes;
  }

  read({ scope, key, limits }: BucketRequest, now: number): BucketReading {
    return readingAt(this.#stateOf(this.#scope(scope).rowOf.get(key), now), limits, now, this.wallClock?.() ?? now);
  }

  delete({ scope, key }: BucketName): void {
    const row = this.#scope(scope).rowOf.get(key);
    if (row !== undefined) this.#remove(row);
  }

  /** Looks at the next `count` buckets and forgets those that are empty at `now`. */
  sweep(now: number, count: number): void {
    for (let looked = 0; looked < count && this.size > 0; looked++) {
      const row = this.#next();
      if (!this.#isEmpty(row, now)) continue;
      this.#remove(row);
      // Another has moved into its place.
      this.#hand = row;
    }
  }

  #isEmpty(row: number, now: number): boolean {
    return this.#rows.inUseUntil(row) <= now && this.#emptyAt(row) <= now;
  }

  #emptyAt(row: number): number {
    const { limits } = this.#shapes.get(this.#rows.shape(row));
    return limits?.length === 1 ? this.#rows.emptyAt(row, limits[0]!) : this.#rows.inUseUntil(row);
  }

  #stateOf(row: number | undefined, now: number): BucketState | undefined {
    if (row === undefined || this.#isEmpty(row, now)) return undefined;
    const { limits } = this.#shapes.get(this.#rows.shape(row));
    if (limits === undefined) return this.#states.get(row);
    const updatedAt = this.#rows.updatedAt(row);
    return {
      updatedAt,
      limits: limits.map((limit, index) => ({
        ...limit,
        kind: 'rate',
        level: this.#rows.level(row, index),
        blockedUntil: 0,
        seenAt: updatedAt,
      })),
      leases: [],
    };
  }

  #store(row: number, scope: Scope, { limits }: ApplyRequest, state: BucketState, wallAhead: number): void {
    // Beyond its own limits it may hold those of other releases.
    const compact = isPlain(limits) && state.limits.length === limits.length && state.leases.length === 0;
    if (!compact) return this.#storeObject(row, scope, state, wallAhead);
    const shape = this.#take(this.#shapes.of(scope, limits));
    this.#letGo(row);
    const levels = state.limits.map(({ level }) => level);
    this.#rows.write(row, shape.id, levels, state.updatedAt, emptyAt(state, wallAhead));
  }

  #storeObject(row: number, scope: Scope, state: BucketState, wallAhead: number): void {
    const shape = this.#take(this.#shapes.ofObjects(scope));
    this.#letGo(row);
    this.#rows.write(row, shape.id, [], state.updatedAt, emptyAt(state, wallAhead));
    this.#states.set(row, state);
  }

  #take(shape: Shape): Shape {
    shape.rows++;
    return shape;
  }

  /** The row has no shape any more, or none yet. */
  #letGo(row: number): void {
    const id = this.#rows.shape(row);
    if (id === NO_SHAPE) return;
    this.#shapes.release(this.#shapes.get(id));
    this.#states.delete(row);
  }

  #scope(name: string | undefined): Scope {
    if (name === this.#lastName && this.#lastScope !== undefined) return this.#lastScope;
    let scope = this.#scopes.get(name);
    if (scope === undefined) this.#scopes.set(name, (scope = new Scope()));
    this.#lastName = name;
    return (this.#lastScope = scope);
  }

  #insert(scope: Scope, key: string, now: number): number {
    this.sweep(now - LINGER_MICROS, SWEPT_PER_INSERT);
    if (this.size >= this.maxKeys) this.#evict();
    const own = flat(key);
    const row = this.#keys.push(own) - 1;
    this.#rows.clear(row, NO_SHAPE);
    scope.rowOf.set(own, row);
    return row;
  }

  #remove(row: number): void {
    const last = this.size - 1;
    const { scope } = this.#shapes.get(this.#rows.shape(row));
    scope.rowOf.delete(this.#keys[row]!);
    this.#letGo(row);
    if (row !== last) this.#move(last, row);
    this.#keys.pop();
    this.#rows.shrink(last);
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from]!;
    this.#rows.move(from, to);
    this.#shapes.get(this.#rows.shape(to)).scope.rowOf.set(this.#keys[to], to);
    const state = this.#states.get(from);
    if (state === undefined) return;
    this.#states.delete(from);
    this.#states.set(to, state);
  }

  #evict(): void {
    let victim = this.#next();
    for (let looked = 1; looked < EVICTION_SAMPLE; looked++) {
      const row = this.#next();
      if (this.#emptyAt(row) < this.#emptyAt(victim)) victim = row;
    }
    this.#remove(victim);
    this.#evicted++;
  }

  #next(): number {
    if (this.#hand >= this.size) this.#hand = 0;
    return this.#hand++;
  }

  #restorer(request: ApplyRequest, now: number): () => void {
    const scope = this.#scope(request.scope);
    const row = scope.rowOf.get(request.key);
    const before = this.#stateOf(row, now);
    if (before === undefined) return () => this.delete(request);
    const wallAhead = (this.wallClock?.() ?? now) - now;
    return () => {
      const place = scope.rowOf.get(request.key) ?? this.#insert(scope, request.key, now);
      this.#storeObject(place, scope, before, wallAhead);
    };
  }
}

/** A string of its own: a part of another keeps the whole of it in memory. */
function flat(key: string): string {
  return [key.slice(0, 1), key.slice(1)].join('');
}
