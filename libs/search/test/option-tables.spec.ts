import { readFileSync } from 'node:fs';
import { SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { resolveOpenSearchOptions } from '../src/adapters/opensearch/options.js';
import { BULK_DEFAULTS } from '../src/indexing/bulk-writer.js';
import { resolveSearchOptions } from '../src/service/options.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The first two columns of the table that begins with this cell: option and default. */
function listed(table: string): Readonly<Record<string, string>> {
  const lines = README.slice(README.indexOf(`| ${table} |`))
    .split('\n\n')[0]!
    .split('\n')
    .slice(2);
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return Object.fromEntries(cells.map(([, option, byDefault]) => [option!, byDefault!]));
}

/** A default as the tables write it. */
function written(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'boolean') return String(value);
  return `{ ${Object.entries(value as object)
    .map(([name, inner]) => `${name}: ${written(inner)}`)
    .join(', ')} }`;
}

/** The options that a refusal lists. */
function accepted(refused: () => unknown): string[] {
  try {
    refused();
  } catch (error) {
    const names = /the options are ([\w, ]+)/.exec(String(error))?.[1];
    if (names) return names.trim().split(', ').sort();
  }
  throw new Error('it was not refused');
}

describe('the tables of options', () => {
  const nope = { zzzzzzzzzzzz: 1 };

  it('of openSearch list each option', () => {
    const options = accepted(() => openSearch({ node: 'http://x', ...nope }));
    expect(Object.keys(listed('`openSearch`')).sort()).toEqual(options);
  });

  it('of forRoot list each option, and `orm`, which is of Nest', () => {
    const options = accepted(() => new SearchService({} as never, nope as never));
    expect(Object.keys(listed('`SearchModule.forRoot`')).sort()).toEqual([...options, 'orm'].sort());
  });

  it.each([
    'requestTimeoutMs',
    'bulkTimeoutMs',
    'readRetries',
    'circuitBreaker',
    'maxConcurrentSearches',
    'maxWaitingSearches',
  ] as const)('have the default of openSearch: %s', (option) => {
    const resolved = resolveOpenSearchOptions({ node: 'http://x' });
    expect(listed('`openSearch`')[option]).toBe(written(resolved[option]));
  });

  it.each(['sync', 'relay', 'whenModelChanges', 'createIndices', 'whenEngineIsDown', 'shutdownTimeoutMs'] as const)(
    'have the default of forRoot: %s',
    (option) => {
      const resolved = resolveSearchOptions({ engine: openSearch({ node: 'http://x' }) });
      expect(listed('`SearchModule.forRoot`')[option]).toBe(written(resolved[option]));
    },
  );

  it('have the defaults of bulks', () => {
    const { maxBytes, concurrency, attempts } = BULK_DEFAULTS;
    expect(listed('`SearchModule.forRoot`')['bulk']).toBe(
      `{ maxBytes: ${maxBytes / 1024 ** 2} MB, concurrency: ${concurrency}, attempts: ${attempts} }`,
    );
  });
});
