import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createBrotliDecompress } from 'node:zlib';
import type { Party } from '../entities/party.js';

/** One line of the data set. */
export type AddressRecord = Readonly<{ year: number; president: string; party: Party; text: string }>;

const DATA_FILE = join(import.meta.dirname, '../../data/sotu.ndjson.br');

export const ADDRESS_COUNT = 233;

/** Streams the addresses, oldest first; the file is never in memory as a whole. */
export async function* readAddresses(limit = ADDRESS_COUNT): AsyncGenerator<AddressRecord> {
  const file = createReadStream(DATA_FILE);
  const unpacked = createBrotliDecompress();
  file.on('error', (error) => unpacked.destroy(error));
  file.pipe(unpacked);
  let read = 0;
  try {
    for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) {
      if (read++ >= limit) return;
      yield JSON.parse(line) as AddressRecord;
    }
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}
