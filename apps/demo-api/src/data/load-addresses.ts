import type { EntityManager } from '@mikro-orm/postgresql';
import { Address, Passage, President } from '../entities/index.js';
import type { PresidentRow } from './presidents-of.js';
import type { AddressRecord } from './read-addresses.js';
import { splitPassages } from './split-passages.js';

const ROWS_PER_INSERT = 500;

type Options = Readonly<{
  em: EntityManager;
  records: AsyncIterable<AddressRecord>;
  onAddress?: () => void;
  signal?: AbortSignal;
}>;

/**
 * Inserts the addresses that the database does not have. An address and its passages are committed together, so after
 * an interrupted load the next one goes on where it ended. Ids follow the order of `records`, so they are always the same.
 *
 * @returns how many addresses were inserted
 */
export async function loadAddresses({ em, records, onAddress, signal }: Options): Promise<number> {
  const present = new Set((await em.fork().findAll(Address, { fields: ['id'] })).map(({ id }) => id));
  const presidentIds = new Map<string, number>();
  let addressId = 0;
  let passageId = 0;
  let inserted = 0;
  for await (const record of records) {
    signal?.throwIfAborted();
    addressId += 1;
    if (!presidentIds.has(record.president)) presidentIds.set(record.president, presidentIds.size + 1);
    const president = { id: presidentIds.get(record.president)!, name: record.president, party: record.party };
    const passages = splitPassages(record.text).map((text, position) => ({
      id: ++passageId,
      address: addressId,
      position,
      text,
    }));
    if (!present.has(addressId)) {
      const address = {
        id: addressId,
        year: record.year,
        title: `State of the Union ${record.year}`,
        president: president.id,
      };
      await insertAddress(em, president, address, passages);
      inserted += 1;
    }
    onAddress?.();
  }
  return inserted;
}

type AddressRow = Pick<Address, 'id' | 'year' | 'title'> & { president: number };
type PassageRow = Pick<Passage, 'id' | 'position' | 'text'> & { address: number };

async function insertAddress(
  em: EntityManager,
  president: PresidentRow,
  address: AddressRow,
  passages: readonly PassageRow[],
): Promise<void> {
  await em.fork().transactional(async (tx) => {
    if ((await tx.count(President, { id: president.id })) === 0) await tx.insert(President, president);
    await tx.insert(Address, address);
    for (let from = 0; from < passages.length; from += ROWS_PER_INSERT) {
      await tx.insertMany(Passage, passages.slice(from, from + ROWS_PER_INSERT));
    }
  });
}
