import type { SearchEngine } from '../../contracts/engine.js';
import { SearchUnclaimedError } from '../../errors/engine.errors.js';
import { SearchOptionError } from '../../errors/option-error.js';
import { ContractViolation, engineContract } from '../index.js';
import { memoryEngine } from './memory-engine.js';
import { plainWords } from './words.js';

const unclaimed = ['scripts', 'documentsPerSecond'] as const;

describe('the memory engine keeps the contract', () => {
  for (const { name, run } of engineContract({ engine: memoryEngine(), prefix: 'memory', unclaimed })) it(name, run);
});

describe('the contract catches an engine that does not claim scripts and', () => {
  const broken: readonly (readonly [string, (engine: SearchEngine) => Partial<SearchEngine>])[] = [
    [
      'drops them',
      () => ({ update: () => Promise.resolve({ outcome: 'unchanged', version: 1, seqNo: 0, primaryTerm: 1 }) }),
    ],
    [
      'writes what is beside them',
      (engine) => ({
        bulk: async (operations, options) => {
          await engine.bulk(operations.slice(0, 1), options);
          return engine.bulk(operations, options);
        },
      }),
    ],
    [
      'refuses them by another error',
      (engine) => ({
        startByQuery: (request, options) =>
          request.script ? Promise.reject(new Error('no')) : engine.startByQuery(request, options),
      }),
    ],
  ];

  it.each(broken)('%s', async (_name, breaking) => {
    const engine = memoryEngine();
    const checks = engineContract({ engine: { ...engine, ...breaking(engine) }, prefix: 'broken', unclaimed });
    const check = checks.find(({ name }) => name.startsWith('refuses scripts'));
    await expect(check!.run()).rejects.toThrow(ContractViolation);
  });
});

describe('the memory engine refuses by name', () => {
  const engine = memoryEngine();
  const mappings = {
    dynamic: 'strict',
    properties: {
      text: { type: 'text' },
      place: { type: 'geo_point' },
      items: { type: 'nested', properties: { word: { type: 'keyword' } } },
    },
  } as const;
  beforeAll(async () => {
    await engine.createIndex('things-1', { settings: {}, mappings, aliases: { things: {} } });
  });

  it.each([
    [{ highlight: { fields: { text: {} } } }, '`highlight` of a search'],
    [{ query: { geo_distance: { distance: '1km', place: [0, 0] } } }, 'the query geo_distance'],
    [{ query: { match: { text: { query: 'a', fuzziness: 'AUTO' } } } }, '`fuzziness` of the query match'],
    [
      { query: { nested: { path: 'items', query: { match_all: {} }, inner_hits: {} } } },
      '`inner_hits` of the query nested',
    ],
    [{ query: { term: { place: 'x' } } }, 'a search in `place`, which is geo_point,'],
    [
      { aggs: { a: { terms: { field: 'items.word' }, aggs: { b: { percentiles: { field: 'n' } } } } } },
      'the aggregation percentiles',
    ],
    [{ sort: [{ _script: {} }] }, '`_script` of the sort'],
    [{ min_score: 1 }, '`min_score` of a search'],
  ])('%j', async (body, part) => {
    const refusal = engine.search({ index: 'things', body });
    await expect(refusal).rejects.toThrow(SearchUnclaimedError);
    await expect(refusal).rejects.toMatchObject({ part, code: 'SEARCH_ENGINE_REFUSED' });
  });

  it('an analyzer that it does not have, when the index is made, and accepts words in its place', async () => {
    const body = {
      settings: {},
      mappings: { dynamic: 'strict', properties: { t: { type: 'text', analyzer: 'english' } } },
    } as const;
    await expect(engine.createIndex('english', body)).rejects.toThrow(
      `give its words with memoryEngine({ analyzers: { "english": plainWords } })`,
    );
    expect(await memoryEngine({ analyzers: { english: plainWords } }).createIndex('english', body)).toBe('created');
  });

  it('options that are none', () => {
    expect(() => memoryEngine({ analyzer: {}, now: 1, analyzers: { english: true } } as never)).toThrow(
      SearchOptionError,
    );
    expect(() => memoryEngine({ analyzer: {} } as never)).toThrow('did you mean memoryEngine.analyzers?');
  });
});

it('shows writes to searches after a refresh, or a second later by its clock', async () => {
  let now = 1_000_000;
  const engine = memoryEngine({ now: () => now });
  const properties = { word: { type: 'keyword' } } as const;
  await engine.createIndex('words-1', {
    settings: {},
    mappings: { dynamic: 'strict', properties },
    aliases: { words: {} },
  });
  await engine.bulk([{ action: 'index', index: 'words', id: '1', source: '{"word":"a"}', version: 1 }]);
  const count = () => engine.count({ index: 'words', body: {} });
  expect(await count()).toBe(0);
  now += 1_000;
  expect(await count()).toBe(1);
});
