import type { BucketLimit } from '../contracts/limiter-storage.js';
import { emptyMoment, levelAt } from './leaky-bucket.js';

/** Rows of one chunk: small enough for a table of few keys, large enough that a million need few chunks. */
const CHUNK_BITS = 10;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const EMPTY_AT = 0;
const UPDATED_AT = 1;
const FIRST_LEVEL = 2;

/**
 * The numbers of many buckets, packed: `emptyAt updatedAt level unitsPerToken level unitsPerToken …`, with as many pairs as
 * the bucket with most limits needs; a divisor of 0 marks a limit that is not stored. A row of one limit needs 32 bytes, where
 * an object of its own would need four times as much. Chunks grow and are let go without copying the rest.
 */
export class BucketRows {
  #chunks: Float64Array[] = [];
  #width = FIRST_LEVEL + 2;

  /** The level of each limit; a row that is `undefined`, or has drained, is at zero. */
  levelsAt(row: number | undefined, limits: readonly BucketLimit[], now: number): readonly number[] {
    if (row === undefined || this.emptyAt(row) <= now) return limits.length === 1 ? [0] : limits.map(() => 0);
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    return limits.map((limit, index) => {
      const place = at + FIRST_LEVEL + 2 * index;
      if (place >= at + this.#width || chunk[place + 1] === 0) return 0;
      return levelAt(chunk[place]!, chunk[place + 1]!, chunk[at + UPDATED_AT]!, limit, now);
    });
  }

  /** The level of the only limit, drained; as {@link levelsAt}, which nearly every call would else make a list for. */
  levelAt(row: number, limit: BucketLimit, now: number): number {
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    if (chunk[at + EMPTY_AT]! <= now || chunk[at + FIRST_LEVEL + 1] === 0) return 0;
    return levelAt(chunk[at + FIRST_LEVEL]!, chunk[at + FIRST_LEVEL + 1]!, chunk[at + UPDATED_AT]!, limit, now);
  }

  /** {@link write} of the only limit. */
  writeLevel(row: number, limit: BucketLimit, level: number, now: number, fresh: boolean): void {
    if (this.#width > FIRST_LEVEL + 2) return this.write(row, [limit], [level], now, fresh);
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    const before = chunk[at + UPDATED_AT]!;
    const updatedAt = fresh || before < now ? now : before;
    chunk[at + EMPTY_AT] = Math.max(updatedAt, emptyMoment(updatedAt, limit, level));
    chunk[at + UPDATED_AT] = updatedAt;
    chunk[at + FIRST_LEVEL] = level;
    chunk[at + FIRST_LEVEL + 1] = limit.unitsPerToken;
  }

  /** The first microsecond at which every level is zero. */
  emptyAt(row: number): number {
    return this.#chunkOf(row)[this.#offsetOf(row) + EMPTY_AT]!;
  }

  /** @param fresh whether the row was another bucket's before, or nobody's */
  write(row: number, limits: readonly BucketLimit[], levels: readonly number[], now: number, fresh: boolean): void {
    if (FIRST_LEVEL + 2 * limits.length > this.#width) this.#widen(FIRST_LEVEL + 2 * limits.length);
    const chunk = this.#chunkOf(row);
    const at = this.#offsetOf(row);
    const before = chunk[at + UPDATED_AT]!;
    const updatedAt = fresh || before < now ? now : before;
    let emptyAt = updatedAt;
    for (let index = 0, place = at + FIRST_LEVEL; place < at + this.#width; index++, place += 2) {
      const limit = limits[index];
      chunk[place] = limit === undefined ? 0 : levels[index]!;
      chunk[place + 1] = limit === undefined ? 0 : limit.unitsPerToken;
      if (limit !== undefined) emptyAt = Math.max(emptyAt, emptyMoment(updatedAt, limit, levels[index]!));
    }
    chunk[at + EMPTY_AT] = emptyAt;
    chunk[at + UPDATED_AT] = updatedAt;
  }

  copy(row: number): Float64Array {
    return this.#chunkOf(row).slice(this.#offsetOf(row), this.#offsetOf(row) + this.#width);
  }

  /** Writes what {@link copy} gave. */
  restore(row: number, numbers: Float64Array): void {
    const at = this.#offsetOf(row);
    this.#chunkOf(row)
      .fill(0, at, at + this.#width)
      .set(numbers, at);
  }

  move(from: number, to: number): void {
    const at = this.#offsetOf(from);
    this.#chunkOf(to).set(this.#chunkOf(from).subarray(at, at + this.#width), this.#offsetOf(to));
  }

  /** Lets go what lies beyond the first `rows`, but for one chunk: a table at the edge, or an empty one, would else make one anew for each bucket. */
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
