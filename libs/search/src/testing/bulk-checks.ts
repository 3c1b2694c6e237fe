import { expectContract, expectSame } from './contract-check.js';
import type { EngineCheck } from './engine-contract.js';

export const bulkChecks: readonly EngineCheck[] = [
  [
    'writes every operation of a bulk',
    async (bench) => {
      const outcomes = await bench.fill(50);
      expectSame(
        'outcomes',
        outcomes.map(({ id, outcome }) => [id, outcome]),
        Array.from({ length: 50 }, (_, n) => [`w${n}`, 'written']),
      );
      for (const n of [0, 1, 24, 49])
        expectSame(`w${n}`, await bench.source(`w${n}`), { word: n % 2 ? 'odd' : 'even', n });
      expectSame('documents', await bench.engine.count({ index: bench.alias, body: {} }), 50);
    },
  ],

  [
    'answers mixed operations in their order',
    async (bench) => {
      await bench.fill(2);
      const operations = [
        bench.remove('w0', 2),
        bench.write('new', { n: 7 }, 1),
        bench.remove('never', 1),
        bench.write('w1', { n: 8 }, 2),
      ];
      expectSame('outcomes', await bench.outcomes(operations), ['deleted', 'written', 'absent', 'written']);
      expectSame('w0', await bench.source('w0'), undefined);
      expectSame('w1', await bench.source('w1'), { n: 8 });
    },
  ],

  [
    'supersedes a write whose version is not above the stored one',
    async (bench) => {
      expectSame('first', await bench.outcomes([bench.write('a', { n: 5 }, 10)]), ['written']);
      expectSame(
        'older and equal',
        await bench.outcomes([bench.write('a', { n: 4 }, 9), bench.write('a', { n: 4 }, 10), bench.remove('a', 9)]),
        ['superseded', 'superseded', 'superseded'],
      );
      expectSame('document', await bench.source('a'), { n: 5 });
      expectSame('version', (await bench.engine.get(bench.alias, 'a'))?.version, 10);
      expectSame('newer', await bench.outcomes([bench.write('a', { n: 6 }, 1_764_000_000_000_000)]), ['written']);
    },
  ],

  [
    'remembers the version of a delete',
    async (bench) => {
      await bench.outcomes([bench.write('a', { n: 1 }, 1), bench.remove('a', 5)]);
      expectSame('older write', await bench.outcomes([bench.write('a', { n: 1 }, 4)]), ['superseded']);
      expectSame('document', await bench.source('a'), undefined);
    },
  ],

  [
    'refuses single operations by id and reason, and writes the others',
    async (bench) => {
      const outcomes = await bench.engine.bulk([
        bench.write('a', { n: 1 }, 1),
        bench.write('b', { n: 'no number' }, 1),
        bench.write('c', { unknown: 1 }, 1),
        bench.write('d', { n: 2 }, 1),
      ]);
      expectSame(
        'outcomes',
        outcomes.map(({ id, outcome }) => [id, outcome]),
        [
          ['a', 'written'],
          ['b', 'failed'],
          ['c', 'failed'],
          ['d', 'written'],
        ],
      );
      for (const outcome of outcomes) {
        if (outcome.outcome !== 'failed') continue;
        expectContract(outcome.reason !== '' && outcome.type !== '', `${outcome.id} failed without a reason`);
        expectSame(`${outcome.id} is retryable`, outcome.retryable, false);
      }
    },
  ],

  [
    'never creates an index by a write',
    async (bench) => {
      const stray = `${bench.alias}-stray`;
      const [outcome] = await bench.engine.bulk([{ action: 'index', index: stray, id: '1', source: '{}', version: 1 }]);
      expectSame('outcome', outcome?.outcome, 'failed');
      expectSame('index', await bench.engine.indexStatus(stray), 'missing');
    },
  ],

  ['accepts an empty bulk', async (bench) => expectSame('outcomes', await bench.engine.bulk([]), [])],

  [
    'keeps ids and documents as they are: slashes, quotes, unicode',
    async (bench) => {
      const ids = ['a/b', 'quote"d', 'ünï 🎉', '../_search', '%2F', 'a?b#c', 'line\nbreak'];
      expectSame(
        'outcomes',
        await bench.outcomes(ids.map((id) => bench.write(id, { word: id }, 1))),
        ids.map(() => 'written'),
      );
      for (const id of ids) {
        const document = await bench.engine.get(bench.alias, id);
        expectSame('document', [document?.id, document?.source], [id, { word: id }]);
      }
    },
  ],
];
