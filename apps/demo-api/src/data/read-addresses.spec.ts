import { isParty } from '../entities/party.js';
import { ADDRESS_COUNT, type AddressRecord, readAddresses } from './read-addresses.js';
import { splitPassages } from './split-passages.js';

async function read(limit?: number): Promise<AddressRecord[]> {
  const records: AddressRecord[] = [];
  for await (const record of readAddresses(limit)) records.push(record);
  return records;
}

describe('readAddresses', () => {
  it('holds 233 addresses of 43 presidents from 1790 to 2021, in 12,875 passages', async () => {
    const addresses = await read();
    expect(addresses).toHaveLength(ADDRESS_COUNT);
    expect(new Set(addresses.map(({ president }) => president)).size).toBe(43);
    expect(addresses.at(0)?.year).toBe(1790);
    expect(addresses.at(-1)?.year).toBe(2021);
    expect(addresses.flatMap(({ text }) => splitPassages(text))).toHaveLength(12_875);
  });

  it('gives each president one known party', async () => {
    const parties = new Map<string, string>();
    for (const { president, party } of await read()) {
      expect(isParty(party)).toBe(true);
      expect(parties.get(president) ?? party).toBe(party);
      parties.set(president, party);
    }
    expect(new Set(parties.values()).size).toBe(8);
  });

  it('reads in the order in which they were spoken', async () => {
    const addresses = await read();
    expect(addresses.map(({ year }) => year)).toEqual(addresses.map(({ year }) => year).sort((a, b) => a - b));
    expect(addresses.filter(({ year }) => year === 1961).map(({ president }) => president)).toEqual([
      'Dwight D Eisenhower',
      'John F Kennedy',
    ]);
  });

  it('stops at the limit', async () => {
    expect(await read(3)).toEqual((await read()).slice(0, 3));
  });
});
