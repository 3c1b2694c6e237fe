import { SearchEngineError } from '../errors/engine.errors.js';
import { expectContract, expectRejection, expectSame } from './contract-check.js';
import type { EngineCheck } from './engine-contract.js';

const all = { query: { match_all: {} } };
/** Fails on the shard that holds a document, and on no other. */
const failing = {
  query: {
    bool: {
      filter: [
        { term: { n: 3 } },
        { script: { script: { source: "throw new IllegalArgumentException('by the check')" } } },
      ],
    },
  },
};

export const searchChecks: readonly EngineCheck[] = [
  [
    'finds after a refresh, in the requested order, with the whole total',
    async (bench) => {
      await bench.fill(30);
      const { hits } = await bench.engine.search({
        index: bench.alias,
        body: { query: { term: { word: 'even' } }, sort: [{ n: 'desc' }], size: 3, track_total_hits: true },
      });
      expectSame(
        'ids',
        hits.hits.map(({ _id }) => _id),
        ['w28', 'w26', 'w24'],
      );
      expectSame('total', hits.total, { value: 15, relation: 'eq' });
      expectSame('source', hits.hits[0]?._source, { word: 'even', n: 28 });
      expectSame('sort', hits.hits[0]?.sort, [28]);
      expectSame(
        'count',
        await bench.engine.count({ index: bench.alias, body: { query: { term: { word: 'even' } } } }),
        15,
      );
    },
  ],

  [
    'aggregates over all shards',
    async (bench) => {
      await bench.fill(30);
      const { aggregations } = await bench.engine.search({
        index: bench.alias,
        body: { size: 0, aggs: { sum: { sum: { field: 'n' } } } },
      });
      expectSame('sum', aggregations, { sum: { value: 435 } });
    },
  ],

  [
    'answers several searches in their order',
    async (bench) => {
      await bench.fill(5);
      const index = bench.alias;
      const asked = ['odd', 'even', 'none'].map((word) => ({
        index,
        body: { query: { term: { word } }, track_total_hits: true },
      }));
      expectSame(
        'totals',
        (await bench.engine.searchMany(asked)).map(({ hits }) => hits.total?.value),
        [2, 3, 0],
      );
      expectSame('none', await bench.engine.searchMany([]), []);
      await expectRejection(
        'one that is refused',
        () => bench.engine.searchMany([asked[0]!, { index, body: { query: { range: { n: { gte: 'x' } } } } }]),
        SearchEngineError,
      );
    },
  ],

  [
    'never treats an answer that lacks some shards as a whole one',
    async (bench) => {
      await bench.fill(10);
      const index = bench.alias;
      await expectRejection('search', () => bench.engine.search({ index, body: failing }), SearchEngineError);
      await expectRejection('searchMany', () => bench.engine.searchMany([{ index, body: failing }]), SearchEngineError);
      await expectRejection('count', () => bench.engine.count({ index, body: failing }), SearchEngineError);
    },
    ['scripts'],
  ],

  [
    'pages through a point in time that later writes do not touch',
    async (bench) => {
      await bench.fill(7);
      const id = await bench.engine.openPointInTime(bench.alias, '1m');
      await bench.engine.bulk([bench.write('late', { n: 99 }, 1)]);
      await bench.engine.refresh(bench.alias);
      const seen: unknown[] = [];
      let after: readonly unknown[] | undefined;
      do {
        const { hits } = await bench.engine.search({
          body: {
            ...all,
            size: 2,
            sort: [{ n: 'asc' }],
            pit: { id, keep_alive: '1m' },
            ...(after ? { search_after: after } : {}),
          },
        });
        seen.push(...hits.hits.map(({ _id }) => _id));
        after = hits.hits.at(-1)?.sort;
      } while (after);
      expectSame('ids', seen, ['w0', 'w1', 'w2', 'w3', 'w4', 'w5', 'w6']);
      await bench.engine.closePointInTime(id);
      await bench.engine.closePointInTime(id);
      const gone = await bench.engine.search({ body: { ...all, pit: { id, keep_alive: '1m' } } }).then(
        () => false,
        () => true,
      );
      expectContract(gone, 'a closed point in time still answers');
    },
  ],
];
