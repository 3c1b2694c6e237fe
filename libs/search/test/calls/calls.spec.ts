import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { describeWith } from '@rookery/services';
import { SearchError, SearchQueryError } from '@rookery/search';
import { carries, QUERY_CALLS, QUERY_PARTS, type QueryCall, type QueryPart } from '../../src/query/call-parts.js';
import { openSearch } from '@rookery/search/opensearch';
import { startSearch, type Running } from '../harness.js';
import { callTable } from './call-table.js';
import { Cell } from './entities.js';
import { everyCall } from './every-call.js';
import { PROBES, type AnyCell, type ProbeFacts } from './probes.js';

/** Real servers on a loaded machine: each wait has a deadline of its own. */
jest.setTimeout(30_000);

const DOCUMENTS = [1, 2, 3, 4, 5, 6].map((n) => ({
  id: n,
  document: {
    text: n % 3 === 0 ? 'iron <b>' : `silver <b> ${'silver '.repeat(n)}`,
    tag: n % 2 === 0 ? 'x' : 'y',
    n,
    at: new Date(Date.UTC(2000, n)).toISOString(),
  },
}));

it('is printed, and stands in the docs', () => {
  const table = callTable();
  process.stdout.write(`${table}\n`);
  expect(readFileSync(new URL('../../docs/calls.md', import.meta.url), 'utf8')).toContain(table);
});

describeWith('postgres', 'postgres', () => {
  describeWith('opensearch', 'each part of a query in each call, 3.x', () => eachCell('OPENSEARCH_URL'));
  describeWith('opensearch2', 'each part of a query in each call, 2.x', () => eachCell('OPENSEARCH2_URL'));
});

function eachCell(address: string): void {
  let running: Running;
  let facts: ProbeFacts;
  let routings: readonly string[];

  const fill = (index: string): Promise<void> =>
    running.search.repository(Cell, index).bulk(
      DOCUMENTS.map(({ id, document }) => ({ action: 'index', id, document, routing: routings[id > 4 ? 1 : 0] })),
      { refresh: true },
    );

  /** Of the same model, as a migration leaves it: with one document, and without one of the fields. @returns its alias */
  const otherIndex = async (): Promise<string> => {
    const { engine } = running.search['assembly'].parts;
    const { indexName } = running.search.repository(Cell, 'cells');
    const alias = `${indexName}-other`;
    const { document } = DOCUMENTS[1]!;
    const properties = { text: { type: 'text' }, n: { type: 'integer' }, at: { type: 'date' } } as const;
    await engine.createIndex(`${indexName}-v2-00000000`, {
      settings: { number_of_shards: 1 },
      mappings: { dynamic: false, properties },
      aliases: { [alias]: {} },
    });
    const source = JSON.stringify(document);
    await engine.bulk([{ action: 'index', index: alias, id: '2', routing: routings[0], version: 1, source }]);
    await engine.refresh(alias);
    return alias;
  };

  beforeAll(async () => {
    running = await startSearch({ sync: 'manual', engine: openSearch({ node: process.env[address]! }) }, [Cell]);
    const cells = running.search.repository(Cell, 'cells');
    routings = await running.search['assembly'].parts.engine.shardRoutings(cells.indexName);
    await fill('cells');
    const inIndex = await otherIndex();
    facts = { inIndex, pointInTime: await cells.openPointInTime('10m'), routing: routings[0]! };
    const late = { ...DOCUMENTS[0]!.document, text: 'silver', tag: 'z', n: 7 };
    await cells.bulk([{ action: 'index', id: 7, document: late, routing: routings[1] }], { refresh: true });
  }, 40_000);
  afterAll(() => running.stop(), 30_000);

  const answer = async (call: QueryCall, make: (query: AnyCell) => AnyCell): Promise<unknown> => {
    const calls = everyCall(running.search, () => fill('doomed'), facts.routing);
    try {
      return { value: JSON.parse(JSON.stringify(plain(await calls[call](make)))) as unknown };
    } catch (error) {
      return { error };
    }
  };

  /** What a call answers without the part, twice: once for each call and base. */
  const bases = new Map<string, Promise<readonly [unknown, unknown]>>();
  const known = new Map<(query: AnyCell) => AnyCell, number>();
  const baseAnswers = (call: QueryCall, base: (query: AnyCell) => AnyCell): Promise<readonly [unknown, unknown]> => {
    const number = known.get(base) ?? known.size;
    known.set(base, number);
    const key = `${call} ${number}`;
    const twice = async () => [await answer(call, base), await answer(call, base)] as const;
    bases.set(key, bases.get(key) ?? twice());
    return bases.get(key)!;
  };

  const cells = QUERY_PARTS.flatMap((part) => QUERY_CALLS.map((call): [QueryPart, QueryCall] => [part, call]));

  it.each(cells.filter(([part, call]) => carries(call, part)))('%s is carried by %s', async (part, call) => {
    const { base = unchanged, add, engineRefuses } = PROBES[part];
    // A base that the call does not carry is no base: a request must be carried whole.
    const [first, second] = await baseAnswers(call, base);
    expect(first).toHaveProperty('value');
    if (part !== 'options.profile') expect(second).toEqual(first);
    const shown = await answer(call, (query) => add(base(query), facts));
    if (engineRefuses) {
      expect(shown).toMatchObject({ error: expect.any(SearchError) as unknown });
      expect(shown).not.toMatchObject({ error: expect.any(SearchQueryError) as unknown });
    } else {
      expect(shown).toHaveProperty('value');
      expect(shown).not.toEqual(first);
    }
  });

  it.each(cells.filter(([part, call]) => !carries(call, part)))('%s is refused by %s', async (part, call) => {
    const { base = unchanged, add } = PROBES[part];
    const shown = (await answer(call, (query) => add(base(query), facts))) as { error: SearchQueryError };
    expect(shown.error).toBeInstanceOf(SearchQueryError);
    expect(shown.error.value).toContain(part === 'raw' ? 'raw.docvalue_fields' : part);
  });
}

const unchanged = (query: AnyCell): AnyCell => query;

/** Dates apart from their texts. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return { date: value.toISOString() };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
