import type { RateBucketLimit } from '../contracts/limiter-storage.js';
import { drain, emptyMoment } from './bucket-state.js';

/** Rows of one chunk: small enough for a table of few keys, large enough that a million need few chunks. */
const CHUNK_BITS = 10;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const EMPTY_AT = 0;
const UPDATED_AT = 1;
const SHAPE = 2;
const FIRST_LEVEL = 3;

/**
 * The numbers of many buckets, packed: `emptyAt updatedAt shape level level …`, with as many levels as the bucket with most
 * limits needs; what a shape is the table knows. A row of one limit needs 32 bytes, where an object of its own would need four
 * times as much. Chunks grow and are let go without copying the rest.
 */
export class BucketRows {
  #chunks: Float64Array[] = [];
  #width = FIRST_LEVEL + 1;

  /** The level of limit number `index`, drained. */
  levelAt(row: number, index: number, limit: RateBucketLimit, now: number): number {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    if (chunk[at + EMPTY_AT]! <= now) return 0;
    return drain(chunk[at + FIRST_LEVEL + index]!, limit, chunk[at + UPDATED_AT]!, now);
  }

  /** What is stored. */
  level(row: number, index: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + FIRST_LEVEL + index]!;
  }

  /** The first microsecond at which every level is zero. */
  emptyAt(row: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + EMPTY_AT]!;
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

  /** @param since when a row of this bucket was written last, or `now` */
  writeLevel(row: number, shape: number, limit: RateBucketLimit, level: number, since: number, now: number): void {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    const updatedAt = since < now ? now : since;
    chunk[at + EMPTY_AT] = Math.max(updatedAt, emptyMoment(updatedAt, limit, level));
    chunk[at + UPDATED_AT] = updatedAt;
    chunk[at + SHAPE] = shape;
    chunk[at + FIRST_LEVEL] = level;
  }

  write(row: number, shape: number, levels: readonly number[], updatedAt: number, emptyAt: number): void {
    if (FIRST_LEVEL + levels.length > this.#width) this.#widen(FIRST_LEVEL + levels.length);
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    chunk[at + EMPTY_AT] = emptyAt;
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
