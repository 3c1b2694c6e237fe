/**
 * A value as it is stored. Without `value` it is known that there is none. `freshUntil` is epoch milliseconds (absent:
 * for ever), `loadMs` how long it took to make.
 */
export type Entry = Readonly<{ rookery: 1; value?: unknown; freshUntil?: number; loadMs: number }>;

export const entryOf = (value: unknown, ttlMs: number, now: number, loadMs: number): Entry => ({
  rookery: 1,
  ...(value !== undefined && { value }),
  ...(ttlMs !== Infinity && { freshUntil: now + ttlMs }),
  loadMs,
});

/** @returns `found` where it is an entry: anything else under its key is another's, and not used. */
export function asEntry(found: unknown): Entry | undefined {
  return typeof found === 'object' && found !== null && (found as Partial<Entry>).rookery === 1
    ? (found as Entry)
    : undefined;
}

export const isFresh = ({ freshUntil = Infinity }: Entry, now: number): boolean => now < freshUntil;
