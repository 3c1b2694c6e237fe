/**
 * Prints what 200 typed queries cost the compiler, beside the same 200 with untyped bodies: `tsc --noEmit` on one
 * generated file each, five times in turn, the best of each.
 *
 *     npm run bench -- search query-types
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { printTable } from '../herd/table.js';

const QUERIES = 200;
const ROUNDS = 5;
const root = process.cwd();
const folder = join(root, 'benches', '.query-types');
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** Each a method chain, and the body that it stands for. */
const SHAPES: readonly (readonly [typed: (n: number) => string, untyped: (n: number) => string])[] = [
  [
    (n) =>
      `.must((q) => q.match('text', 'w${n}', { fuzziness: 'AUTO' })).filter((q) => q.range('year', { gte: ${n} })).sort('year', 'desc')`,
    (n) =>
      `{ query: { bool: { must: [{ match: { text: { query: 'w${n}', fuzziness: 'AUTO' } } }], filter: [{ range: { year: { gte: ${n} } } }] } }, sort: [{ year: { order: 'desc' } }] }`,
  ],
  [
    (n) =>
      `.must((q) => [q.matchPhrase('text', 'w${n}'), q.multiMatch(['text', 'president.name'], 'w${n}')]).highlight('text').page({ size: 5 })`,
    (n) =>
      `{ query: { bool: { must: [{ match_phrase: { text: { query: 'w${n}' } } }, { multi_match: { query: 'w${n}', fields: ['text', 'president.name'] } }] } }, highlight: { fields: { text: {} } }, size: 5 }`,
  ],
  [
    (n) =>
      `.filter((q) => [q.term('president.party', Party.Whig), q.terms('year', [${n}, ${n + 1}]), q.exists('heldAt'), q.range('heldAt', { lt: new Date(${n}) })])`,
    (n) =>
      `{ query: { bool: { filter: [{ term: { 'president.party': { value: Party.Whig } } }, { terms: { year: [${n}, ${n + 1}] } }, { exists: { field: 'heldAt' } }, { range: { heldAt: { lt: new Date(${n}) } } }] } } }`,
  ],
  [
    (n) =>
      `.aggregate((a) => ({ parties: a.terms('president.party', { size: ${n + 1}, aggs: (b) => ({ years: b.histogram('year', { interval: 10, aggs: (c) => ({ top: c.topHits({ size: 1 }) }) }) }) }) }))`,
    (n) =>
      `{ aggs: { parties: { terms: { field: 'president.party', size: ${n + 1} }, aggs: { years: { histogram: { field: 'year', interval: 10 }, aggs: { top: { top_hits: { size: 1 } } } } } } } }`,
  ],
  [
    (n) =>
      `.filter((q) => q.bool({ should: [q.geoDistance('at', { lat: 1, lon: ${n % 90} }, '12km'), q.prefix('president.name', 'w${n}')], minimumShouldMatch: 1 })).sortByDistance('at', { lat: 1, lon: 2 })`,
    (n) =>
      `{ query: { bool: { filter: [{ bool: { should: [{ geo_distance: { distance: '12km', at: { lat: 1, lon: ${n % 90} } } }, { prefix: { 'president.name': { value: 'w${n}' } } }], minimum_should_match: 1 } }] } }, sort: [{ _geo_distance: { at: { lat: 1, lon: 2 } } }] }`,
  ],
];

const HEAD =
  "import type { SearchRepository } from '@rookery/search';\nimport { Party, type Passage } from '../search/model.js';\ndeclare const passages: SearchRepository<Passage>;\ndeclare function send(body: object): Promise<unknown>;\n";
const lines = (make: (n: number) => string): string =>
  HEAD + Array.from({ length: QUERIES }, (_, n) => make(n)).join('\n');
const SOURCES = {
  typed: lines((n) => `export const q${n} = passages.query()${SHAPES[n % SHAPES.length]![0](n)}.search();`),
  untyped: lines((n) => `export const q${n} = send(${SHAPES[n % SHAPES.length]![1](n)});`),
  // Tells what of it is the model and the libraries that it imports.
  empty: `${HEAD}export const nothing = [passages, Party, send];\n`,
};
type Kind = keyof typeof SOURCES;

function seconds(kind: Kind): { total: number; check: number } {
  const output = execFileSync(
    process.execPath,
    [tsc, '-p', join(folder, `tsconfig.${kind}.json`), '--extendedDiagnostics'],
    { encoding: 'utf8' },
  );
  const read = (label: string): number => Number(new RegExp(`^${label}:\\s+([\\d.]+)s`, 'm').exec(output)?.[1]);
  return { total: read('Total time'), check: read('Check time') };
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
try {
  for (const [kind, source] of Object.entries(SOURCES)) {
    writeFileSync(join(folder, `${kind}.ts`), source);
    const options = {
      noEmit: true,
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      customConditions: [],
    };
    writeFileSync(
      join(folder, `tsconfig.${kind}.json`),
      JSON.stringify({
        extends: '../../tsconfig.json',
        compilerOptions: options,
        files: [`${kind}.ts`],
        references: [],
      }),
    );
  }
  const times: Record<Kind, { total: number; check: number }[]> = { typed: [], untyped: [], empty: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const kind of ['typed', 'untyped', 'empty'] as const) times[kind].push(seconds(kind));
  const best = (kind: Kind, part: 'total' | 'check'): number => Math.min(...times[kind].map((time) => time[part]));
  printTable(
    [`tsc on ${QUERIES} queries, best of ${ROUNDS}`, 'total s', 'of it check s', 'total / untyped'],
    (['typed', 'untyped', 'empty'] as const).map((kind) => [
      kind,
      best(kind, 'total').toFixed(2),
      best(kind, 'check').toFixed(2),
      (best(kind, 'total') / best('untyped', 'total')).toFixed(2),
    ]),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
