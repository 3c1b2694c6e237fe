import type { TagVersions } from './tags.js';

/**
 * A value as it is stored. Without `value` it is a known absence. `freshUntil` is epoch milliseconds (absent:
 * for ever), `loadMs` how long it took to make. It counts no more once a version of `tags` has changed.
 */
export type Entry = Readonly<{
  rookery: 1;
  value?: unknown;
  freshUntil?: number;
  loadMs: number;
  tags?: TagVersions;
  unleased?: Unleased;
}>;

/** Stored without a lease, so perhaps after a change: by which process, and how many changes that had seen before it loaded. */
export type Unleased = Readonly<{ by: string; seen: number }>;

export const entryOf = (value: unknown, ttlMs: number, now: number, loadMs: number, tags: TagVersions = {}): Entry => ({
  rookery: 1,
  ...(value !== undefined && { value }),
  ...(ttlMs !== Infinity && { freshUntil: now + ttlMs }),
  loadMs,
  ...(Object.keys(tags).length > 0 && { tags }),
});

/** @returns `found` where it is an entry: anything else under its key is another's, and not used. */
export function asEntry(found: unknown): Entry | undefined {
  return typeof found === 'object' && found !== null && (found as Partial<Entry>).rookery === 1
    ? (found as Entry)
    : undefined;
}

export const isFresh = ({ freshUntil = Infinity }: Entry, now: number): boolean => now < freshUntil;

/** Whether `entry` is fresh, and not the one that was `seen` before: another process has made it since. */
export const isMadeSince = (entry: Entry | undefined, seen: Entry | undefined, now: number): boolean =>
  entry !== undefined && isFresh(entry, now) && (seen === undefined || entry.freshUntil !== seen.freshUntil);

/** Whether a value past its end, by up to `forMs`, may be served. That there was none is no value. */
export const isServable = ({ value, freshUntil = Infinity }: Entry, now: number, forMs: number): boolean =>
  value !== undefined && now < freshUntil + forMs;
