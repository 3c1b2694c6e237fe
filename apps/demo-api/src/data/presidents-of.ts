import type { President } from '../entities/index.js';
import type { AddressRecord } from './read-addresses.js';

export type PresidentRow = Pick<President, 'id' | 'name' | 'party'>;

/** The presidents of a data set, numbered in the order in which they first speak, as they are loaded. */
export async function presidentsOf(records: AsyncIterable<AddressRecord>): Promise<readonly PresidentRow[]> {
  const byName = new Map<string, PresidentRow>();
  for await (const { president: name, party } of records)
    if (!byName.has(name)) byName.set(name, { id: byName.size + 1, name, party });
  return [...byName.values()];
}
