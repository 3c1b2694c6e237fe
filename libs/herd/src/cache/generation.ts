import { randomBytes } from 'node:crypto';

import type { CacheSource } from './cache-source.js';

/** Texts of before that are remembered. */
const maxLeft = 1000;

/**
 * The prefix of a namespace's keys: a text that changes with each `clear()`, so that older keys are never read again
 * and end by their ttl or by eviction. It is random, so that one lost by eviction does not bring old keys back.
 */
export class Generation {
  private known: { text: string; at: number } | undefined;
  private reading: Promise<string | undefined> | undefined;
  /** What was read last, and when that read began. */
  private last: { text: string; asked: number } | undefined;
  private asked = 0;
  private renewing: Promise<boolean> | undefined;
  /** Those that this process has left: a node that returns may still have one. */
  private readonly left = new Set<string>();
  /** Rises with each change by this process: what was read before is not to be kept. */
  private changes = 0;

  constructor(
    private readonly source: CacheSource,
    private readonly key: string,
    private readonly maxAgeMs: number,
  ) {}

  /** @returns `undefined` while the node that holds it cannot be reached. */
  async current(): Promise<string | undefined> {
    if (this.known && this.source.now() - this.known.at < this.maxAgeMs) return this.known.text;
    if (this.reading) return this.reading;
    const reading = this.read();
    this.reading = reading;
    // Only callers from before the request was sent may share its answer: a later one may have seen a change since.
    process.nextTick(() => {
      if (this.reading === reading) this.reading = undefined;
    });
    return reading;
  }

  async next(): Promise<boolean> {
    this.forget();
    try {
      return await this.source.commands.set(this.key, freshText(), { ttl: 'never' });
    } finally {
      this.forget();
    }
  }

  private forget(): void {
    this.changes++;
    if (this.last) this.leave(this.last.text);
    this.last = undefined;
    this.known = undefined;
    this.reading = undefined;
  }

  private async read(): Promise<string | undefined> {
    const { commands, now } = this.source;
    const at = now();
    const { changes } = this;
    const asked = ++this.asked;
    const text = (await commands.get<string>(this.key)) ?? (await this.begin());
    if (typeof text !== 'string') return undefined;
    if (changes !== this.changes) return text;
    const present = this.neverBack(text, asked);
    if (present !== undefined) this.known = { text: present, at };
    return present;
  }

  /** Never back: where a node has an earlier text, as it was away, a new one replaces it, and this call goes without. */
  private neverBack(text: string, asked: number): string | undefined {
    if (this.last && asked < this.last.asked) return this.last.text;
    if (this.left.has(text)) {
      this.renewing ??= this.next()
        .catch(() => false)
        .finally(() => (this.renewing = undefined));
      return undefined;
    }
    if (this.last && this.last.text !== text) this.leave(this.last.text);
    this.last = { text, asked };
    return text;
  }

  private leave(text: string): void {
    this.left.add(text);
    for (const oldest of this.left) {
      if (this.left.size <= maxLeft) break;
      this.left.delete(oldest);
    }
  }

  private async begin(): Promise<string | undefined> {
    const { commands } = this.source;
    const text = freshText();
    return (await commands.add(this.key, text, { ttl: 'never' })) ? text : commands.get<string>(this.key);
  }
}

const freshText = (): string => randomBytes(9).toString('base64url');
