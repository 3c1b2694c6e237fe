import { KeyFilter } from './key-filter.js';

/** More than this many keys are kept in a filter, not one by one. */
const maxExact = 10_000;

/** Keys of the filter that were forgotten since. One that is pushed out is forgotten once more: a miss, no harm. */
const maxSettled = 50_000;

/**
 * The state of a key's value on a node: `clear`, nothing is wrong with it; `missed`, it may be older than a write that
 * did not reach the node; `late`, moreover a write that was given up may still arrive.
 */
export type Standing = 'clear' | 'missed' | 'late';

/** @property lateUntil until then a write that was given up may arrive. @property due whether it is to be deleted now. */
type Doubt = Readonly<{ lateUntil: number; due: boolean }>;

type Beyond = { readonly filter: KeyFilter; readonly settled: Set<string>; lateUntil: number };

/**
 * The keys whose value on one node is in doubt: one by one up to 10,000, beyond that in a filter that may doubt others too.
 * Each is deleted before it is used, so that nothing of others is touched. Doubts end with the longest life of a value.
 */
export class Doubts {
  private readonly exact = new Map<string, Doubt>();
  private readonly forgetting = new Map<string, { renewed: boolean }>();
  private beyond: Beyond | undefined;
  private endsAt = -Infinity;

  /**
   * @param longestLifeMs the longest life that a value may have.
   * @param clock milliseconds that never go back.
   */
  constructor(
    private readonly longestLifeMs: () => number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  get none(): boolean {
    if (this.exact.size === 0 && this.beyond === undefined) return true;
    if (this.clock() < this.endsAt) return false;
    this.exact.clear();
    this.beyond = undefined;
    return true;
  }

  /** A write to `key` did not reach the node; it may still do so for `lateMs`. */
  add(key: string, lateMs = 0): void {
    const now = this.clock();
    const until = lateMs > 0 ? now + lateMs : -Infinity;
    this.endsAt = Math.max(this.endsAt, now + lateMs + this.longestLifeMs());
    const flight = this.forgetting.get(key);
    if (flight) flight.renewed = true;
    const before = this.exact.get(key);
    if (before || this.exact.size < maxExact) {
      const lateUntil = Math.max(until, before?.lateUntil ?? -Infinity);
      this.exact.set(key, { lateUntil, due: true });
      return;
    }
    this.beyond ??= { filter: new KeyFilter(), settled: new Set(), lateUntil: -Infinity };
    this.beyond.filter.add(key);
    this.beyond.settled.delete(key);
    this.beyond.lateUntil = Math.max(this.beyond.lateUntil, until);
  }

  standing(key: string): Standing {
    if (this.none) return 'clear';
    const doubt = this.exact.get(key);
    if (doubt) return doubt.lateUntil > this.clock() ? 'late' : 'missed';
    const { beyond } = this;
    if (!beyond || !beyond.filter.has(key)) return 'clear';
    if (beyond.lateUntil > this.clock()) return 'late';
    return beyond.settled.has(key) ? 'clear' : 'missed';
  }

  /** The node was silent, and answers again: what it had received by then, it may carry out from now on. */
  delayLate(lateMs: number): void {
    const now = this.clock();
    for (const [key, doubt] of this.exact)
      if (doubt.lateUntil > -Infinity) this.exact.set(key, { lateUntil: now + lateMs, due: true });
    if (this.beyond && this.beyond.lateUntil > -Infinity) this.beyond.lateUntil = now + lateMs;
  }

  /** @returns up to `count` keys to delete now, of those that are kept one by one. */
  due(count: number): readonly string[] {
    const keys: string[] = [];
    if (this.none) return keys;
    const now = this.clock();
    for (const [key, { due, lateUntil }] of this.exact) {
      if ((!due && lateUntil > now) || this.forgetting.has(key)) continue;
      keys.push(key);
      if (keys.length === count) break;
    }
    return keys;
  }

  /** @returns when the next key is to be deleted that is not yet; `Infinity` for none. */
  nextDueAt(): number {
    let next = Infinity;
    for (const { due, lateUntil } of this.exact.values()) next = Math.min(next, due ? -Infinity : lateUntil);
    return next;
  }

  /** `keys` are being deleted on the node. @returns what to call once they are, or could not be. */
  forget(keys: readonly string[]): (deleted: boolean) => void {
    const flights = keys.map((key) => {
      const flight = { renewed: false };
      this.forgetting.set(key, flight);
      return [key, flight] as const;
    });
    return (deleted) => {
      for (const [key, { renewed }] of flights) {
        this.forgetting.delete(key);
        if (deleted && !renewed) this.settle(key);
      }
    };
  }

  private settle(key: string): void {
    const doubt = this.exact.get(key);
    if (doubt && doubt.lateUntil > this.clock()) this.exact.set(key, { ...doubt, due: false });
    else this.exact.delete(key);
    const { beyond } = this;
    if (!beyond || !beyond.filter.has(key) || beyond.lateUntil > this.clock()) return;
    beyond.settled.add(key);
    if (beyond.settled.size <= maxSettled) return;
    for (const oldest of beyond.settled) {
      beyond.settled.delete(oldest);
      break;
    }
  }
}
