import { isDeepStrictEqual } from 'node:util';
import { describeWith } from '@rookery/services';
import fc from 'fast-check';
import type { SearchEngine, SearchRequest, SearchResponse } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { memoryEngine } from '@rookery/search/testing';
import { uniqueName } from '../harness.js';
import { aggregations, BODY, documents, queries, sorts, windows } from './random-search.js';

const ROUNDS = Number(process.env['MEMORY_ROUNDS'] ?? 12);
const SEED = process.env['SEED'] === undefined ? undefined : Number(process.env['SEED']);

/** What a search answers, without scores and times. */
function answerOf({ hits, aggregations: found }: SearchResponse): unknown {
  return JSON.parse(
    JSON.stringify({
      total: hits.total,
      hits: hits.hits.map(({ _id, _source, sort }) => ({ _id, _source, sort })),
      aggregations: found,
    }),
    // The engine adds an empty one where it answers `filters` by another way.
    (name, value: unknown) => (name === 'meta' && Object.keys(value as object).length === 0 ? undefined : value),
  );
}

function difference(...parts: readonly unknown[]): string {
  const [body, ours, theirs] = parts.map((part) => JSON.stringify(part));
  return `a search is answered in two ways: ${body}\n  memory: ${ours}\n  engine: ${theirs}`;
}

describeWith('opensearch', 'the memory engine', (node) => {
  const real = openSearch({ node, requestTimeoutMs: 60_000 });
  const memory = memoryEngine();
  afterAll(() => real.close());

  async function fill(engine: SearchEngine, index: string, sources: readonly object[]): Promise<unknown> {
    await engine.createIndex(index, { ...BODY, aliases: { [`${index}-alias`]: {} } });
    const outcomes = await engine.bulk(
      sources.map((source, n) => ({
        action: 'index',
        index: `${index}-alias`,
        id: `d${n}`,
        source: JSON.stringify(source),
        version: 1,
      })),
    );
    await engine.refresh(index);
    return outcomes.map(({ id, outcome }) => [id, outcome]);
  }

  it(`answers as the real engine does (${ROUNDS} rounds of 60 searches)`, async () => {
    const search = fc.record({
      query: queries,
      sort: sorts,
      window: windows,
      aggs: fc.option(aggregations, { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(documents, fc.array(search, { minLength: 60, maxLength: 60 }), async (sources, searches) => {
        const index = uniqueName();
        try {
          expect(await fill(memory, index, sources)).toEqual(await fill(real, index, sources));
          const requests = searches.map(({ query, sort, window, aggs }): SearchRequest => ({
            index,
            body: { query, sort, ...window, track_total_hits: true, ...(aggs ? { aggs: { it: aggs } } : {}) },
          }));
          const answers = await real.searchMany(requests);
          for (const [at, request] of requests.entries()) {
            const [ours, theirs] = [await memory.search(request), answers[at]!].map(answerOf);
            if (!isDeepStrictEqual(ours, theirs)) throw new Error(difference(request.body, ours, theirs));
          }
        } finally {
          await Promise.all([real.deleteIndex(index), memory.deleteIndex(index)]);
        }
      }),
      { numRuns: ROUNDS, endOnFailure: true, ...(SEED === undefined ? {} : { seed: SEED }) },
    );
  }, 300_000);
});
