import type { Codec, Encoded } from '../contracts/codec.js';
import type { Change } from '../contracts/invalidation-bus.js';
import { deepFreeze } from './deep-freeze.js';
import type { Entry } from './entry.js';
import { KeyWatch } from './key-watch.js';
import type { Watch } from './key-watch.js';

/** Bounds of a {@link MemoryTier}. `ttlMs`: no value is served for longer, whatever the bus reports. */
export type MemoryLimits = Readonly<{ maxEntries: number; maxBytes: number; ttlMs: number }>;

/** `value` is frozen; one that cannot be is kept as bytes, and read anew by each. */
type Kept = Readonly<{ until: number; bytes: number; tags: readonly string[] }> &
  (Readonly<{ value: unknown }> | Readonly<{ encoded: Encoded }>);

/** What a key and its place cost beside the value, about. */
const overheadBytes = 150;

/** Values of one namespace in this process, the least recently used of which go first. */
export class MemoryTier {
  /** A Map keeps the order in which keys were set: the first is the one that was not used for longest. */
  private readonly entries = new Map<string, Kept>();
  private readonly watches = new KeyWatch();
  private bytes = 0;

  constructor(
    readonly limits: MemoryLimits,
    private readonly codec: Codec,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** Another once all, or what has some tag, was changed. */
  get epoch(): number {
    return this.watches.epoch;
  }

  /** @returns the value in a box, where there is a fresh one. */
  get(key: string): Readonly<{ value: unknown }> | undefined {
    const kept = this.entries.get(key);
    if (kept === undefined) return undefined;
    if (this.now() >= kept.until) {
      this.remove(key, kept);
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, kept);
    return 'encoded' in kept ? { value: this.codec.decode(kept.encoded) } : kept;
  }

  /** To be called before a value is read for {@link keep}; {@link end} afterwards. */
  begin(key: string): Watch {
    return this.watches.begin(key);
  }

  end(watch: Watch): void {
    this.watches.end(watch);
  }

  /** Whether no change was reported since `watch`. */
  unchanged(watch: Watch): boolean {
    return this.watches.unchanged(watch);
  }

  /** Keeps what was read since `watch`, unless the key was changed meanwhile. */
  keep(watch: Watch, { value, freshUntil = Infinity, tags = {} }: Entry): void {
    const now = this.now();
    const until = Math.min(freshUntil, now + this.limits.ttlMs);
    if (until <= now || !this.watches.unchanged(watch)) return;
    // An entry without a value is a known absence; a codec has no form for that.
    const encoded = value === undefined ? undefined : this.codec.encode(value);
    const bytes = (encoded?.bytes.length ?? 0) + 2 * watch.key.length + overheadBytes;
    const present = this.entries.get(watch.key);
    if (present) this.remove(watch.key, present);
    if (bytes > this.limits.maxBytes) return;
    const common = { until, bytes, tags: Object.keys(tags) };
    this.entries.set(watch.key, encoded && !deepFreeze(value) ? { ...common, encoded } : { ...common, value });
    this.bytes += bytes;
    for (const [key, oldest] of this.entries) {
      if (this.bytes <= this.limits.maxBytes && this.entries.size <= this.limits.maxEntries) break;
      this.remove(key, oldest);
    }
  }

  /** Drops what changed, and what is being read of it. By tags it looks at every entry. */
  apply(change: Change): void {
    if (change.kind === 'keys') {
      this.watches.changed(change.keys);
      for (const key of change.keys) {
        const kept = this.entries.get(key);
        if (kept) this.remove(key, kept);
      }
      return;
    }
    this.watches.allChanged();
    for (const [key, kept] of this.entries)
      if (change.kind === 'all' || kept.tags.some((tag) => change.tags.includes(tag))) this.remove(key, kept);
  }

  private remove(key: string, kept: Kept): void {
    this.entries.delete(key);
    this.bytes -= kept.bytes;
  }
}
