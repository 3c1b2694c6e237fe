import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import { drain, emptyMoment } from './bucket-state.js';

/** Rows of one chunk: small enough for a table of few keys, large enough that a million need few chunks. */
const CHUNK_BITS = 10;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const UPDATED_AT = 1;
const SHAPE = 2;
const FIRST_LEVEL = 3;

/**
 * The numbers of many buckets, packed: a row begins with `inUseUntil`, then `updatedAt shape level level …`, with as many levels as the bucket with most
 * limits needs; the table holds what a shape is. A row of one limit needs 32 bytes, where an object of its own would need four
 * times as much. Chunks grow and are let go without copying the rest.
 */
export class BucketRows {
  #chunks: Float64Array[] = [];
  #width = FIRST_LEVEL + 1;

  /**
   * Charges a row of one limit.
   *
   * @returns its level; where `cost` has no room, `-1 - level`, and nothing has changed; `undefined` where it has another shape
   */
  charge(row: number, shape: number, limit: RateBucketLimit, cost: number, now: number): number | undefined {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    if (chunk[at + SHAPE] !== shape) return undefined;
    const updatedAt = chunk[at + UPDATED_AT]!;
    const level = drain(chunk[at + FIRST_LEVEL]!, limit, updatedAt, now);
    const { unitsPerToken } = limit;
    if (cost > 0 && cost * unitsPerToken > limit.capacity - level) return -1 - level;
    const charged = Math.max(0, level + cost * unitsPerToken);
    const since = updatedAt < now ? now : updatedAt;
    chunk[at + UPDATED_AT] = since;
    chunk[at + FIRST_LEVEL] = charged;
    // A charge makes it empty later, and what it was empty at holds as a bound: a division less for each decision.
    if (cost < 0) chunk[at] = emptyFrom(since, limit, charged);
    return charged;
  }

  /** A row of one limit that is new, at `level`. */
  start(row: number, shape: number, limit: RateBucketLimit, level: number, now: number): void {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    chunk[at] = emptyFrom(now, limit, level);
    chunk[at + UPDATED_AT] = now;
    chunk[at + SHAPE] = shape;
    chunk[at + FIRST_LEVEL] = level;
  }

  /** What is stored. */
  level(row: number, index: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + FIRST_LEVEL + index]!;
  }

  /** Not every level is zero before it. Of a row that was charged a bound, see {@link BucketRows.emptyAt}. */
  inUseUntil(row: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row)]!;
  }

  /** The first microsecond at which the level of a row of one limit is zero; it is kept as the bound. */
  emptyAt(row: number, limit: RateBucketLimit): number {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    return (chunk[at] = emptyFrom(chunk[at + UPDATED_AT]!, limit, chunk[at + FIRST_LEVEL]!));
  }

  updatedAt(row: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + UPDATED_AT]!;
  }

  shape(row: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + SHAPE]!;
  }

  /** A row that is nobody's yet. */
  clear(row: number, shape: number): void {
    this.#chunkOf(row)[this.#offsetOf(row) + SHAPE] = shape;
  }

  write(row: number, shape: number, levels: readonly number[], updatedAt: number, emptyAt: number): void {
    if (FIRST_LEVEL + levels.length > this.#width) this.#widen(FIRST_LEVEL + levels.length);
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    chunk[at] = emptyAt;
    chunk[at + UPDATED_AT] = updatedAt;
    chunk[at + SHAPE] = shape;
    for (let index = 0; index < levels.length; index++) chunk[at + FIRST_LEVEL + index] = levels[index]!;
  }

  move(from: number, to: number): void {
    const at = this.#offsetOf(from);
    this.#chunkOf(to).set(this.#chunkOf(from).subarray(at, at + this.#width), this.#offsetOf(to));
  }

  /** Lets go what lies beyond the first `rows`, but for one chunk: one at the edge, or an empty table, would else make it anew at each call. */
  shrink(rows: number): void {
    const needed = Math.ceil(rows / CHUNK_ROWS) + 1;
    if (this.#chunks.length > needed) this.#chunks.length = needed;
  }

  #chunkOf(row: number): Float64Array {
    return (this.#chunks[row >> CHUNK_BITS] ??= new Float64Array(CHUNK_ROWS * this.#width));
  }

  #offsetOf(row: number): number {
    return (row & (CHUNK_ROWS - 1)) * this.#width;
  }

  #widen(width: number): void {
    const narrow = this.#width;
    this.#chunks = this.#chunks.map((chunk) => {
      const wide = new Float64Array(CHUNK_ROWS * width);
      for (let row = 0; row < CHUNK_ROWS; row++)
        wide.set(chunk.subarray(row * narrow, (row + 1) * narrow), row * width);
      return wide;
    });
    this.#width = width;
  }
}

function emptyFrom(since: number, limit: RateBucketLimit, level: number): number {
  return Math.max(since, emptyMoment(since, limit, level));
}
