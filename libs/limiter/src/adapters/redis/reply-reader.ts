import { isPlain } from '../../algorithm/room.js';
import type { BucketLimit, BucketReading } from '../../contracts/limiter-storage.js';

/** Reads the whole numbers of a reply one after the other. */
export class ReplyReader {
  #at = 0;
  #valid = true;

  constructor(private readonly reply: readonly unknown[]) {}

  get isAtEnd(): boolean {
    return this.#at === this.reply.length;
  }

  /** Whether all that was read were whole numbers. */
  get isValid(): boolean {
    return this.#valid;
  }

  skipNil(): boolean {
    if (this.reply[this.#at] !== null) return false;
    this.#at++;
    return true;
  }

  next(): number {
    // Large ones come as text.
    const number = Number(this.reply[this.#at]);
    this.#valid &&= this.#at < this.reply.length && Number.isSafeInteger(number);
    this.#at = Math.min(this.#at + 1, this.reply.length);
    return number;
  }

  take(count: number): readonly number[] {
    return Array.from({ length: count }, () => this.next());
  }

  /** Levels, waits and blocks. */
  reading(limits: readonly BucketLimit[]): BucketReading {
    const [levels, waits, blocks] = [this.take(limits.length), this.take(limits.length), this.take(limits.length)];
    return isPlain(limits) ? { levels } : { levels, waits, blocks };
  }
}
