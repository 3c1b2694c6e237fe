import type { Item, ItemStore } from './item-store.js';
import { counter, shifted } from './numbers.js';

export type NotAdded = 'missing' | 'exists' | 'no number';

/**
 * Adds to the number that an item holds. One that grows becomes a new item, without the marks of the old one; else it is
 * padded with spaces in place.
 *
 * @param cas the version that it must have; 0n for any.
 * @returns the new number, with the item that was there: it has the new version, but is no longer stored where it grew.
 */
export function addDelta(
  store: ItemStore,
  key: string,
  delta: bigint,
  verb: 'incr' | 'decr',
  cas = 0n,
): { item: Item; text: string } | NotAdded {
  const item = store.get(key);
  if (!item) return 'missing';
  if (item.data.length === 0) return 'no number';
  if (cas !== 0n && item.cas !== cas) return 'exists';
  const value = counter(item.data.toString('latin1'));
  if (value === undefined) return 'no number';
  const text = shifted(value, delta, verb).toString();
  if (text.length <= item.data.length) store.overwrite(item, Buffer.from(text.padEnd(item.data.length)));
  else item.cas = store.set(key, { data: Buffer.from(text), flags: item.flags, expiresAt: item.expiresAt }).cas;
  return { item, text };
}
