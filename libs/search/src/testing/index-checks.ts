import { SearchEngineError, SearchNotFoundError } from '../errors/engine.errors.js';
import { expectContract, expectRejection, expectSame } from './contract-check.js';
import type { EngineCheck } from './engine-contract.js';

export const indexChecks: readonly EngineCheck[] = [
  [
    'creates an index once, and reads it by alias, name and pattern',
    async (bench) => {
      expectSame('again', await bench.create(), 'exists');
      for (const name of [bench.alias, bench.index, `${bench.alias}*`]) {
        const states = await bench.engine.readIndices(name);
        expectSame(
          name,
          states.map(({ index, aliases }) => [index, aliases]),
          [[bench.index, [bench.alias]]],
        );
      }
      expectSame('missing', await bench.engine.readIndices(`${bench.alias}-missing`), []);
    },
  ],

  [
    'keeps `_meta` of a mapping',
    async ({ engine, alias }) => {
      const index = `${alias}-meta`;
      const _meta = { rookery: { hash: 'abc' } };
      await engine.createIndex(index, { settings: {}, mappings: { dynamic: 'strict', properties: {}, _meta } });
      expectSame('meta', (await engine.readIndices(index))[0]?.meta, _meta);
      await engine.deleteIndex(index);
      await engine.deleteIndex(index);
      expectSame('status', await engine.indexStatus(index), 'missing');
    },
  ],

  [
    'moves aliases all at once, or not at all',
    async ({ engine, alias, index }) => {
      const other = `${alias}-other`;
      const wrong = [{ add: { index, alias: other } }, { add: { index: `${alias}-missing`, alias: other } }];
      await expectRejection('one missing index', () => engine.updateAliases(wrong), SearchNotFoundError);
      expectSame('after a refusal', (await engine.readIndices(index))[0]?.aliases, [alias]);
      await engine.updateAliases([{ add: { index, alias: other } }, { remove: { index, alias } }]);
      expectSame('after the move', (await engine.readIndices(index))[0]?.aliases, [other]);
    },
  ],

  [
    'removes an alias that has to be there, or does nothing at all',
    async ({ engine, alias, index }) => {
      const other = `${alias}-other`;
      await expectRejection(
        'an alias that is elsewhere',
        () =>
          engine.updateAliases([
            { add: { index, alias: other } },
            { remove: { index, alias: `${alias}-missing`, must_exist: true } },
          ]),
        SearchEngineError,
      );
      expectSame('after a refusal', (await engine.readIndices(index))[0]?.aliases, [alias]);
      await engine.updateAliases([{ remove: { index, alias, must_exist: true } }, { add: { index, alias: other } }]);
      expectSame('after the move', (await engine.readIndices(index))[0]?.aliases, [other]);
    },
  ],

  [
    'deletes an index at the instant at which aliases move, or not at all',
    async ({ engine, alias, index }) => {
      const [old, mark] = [`${alias}-old`, `${alias}-mark`];
      await engine.createIndex(old, { settings: {}, mappings: { dynamic: 'strict', properties: {} } });
      const remove = { remove_index: { index: old } };
      try {
        await expectRejection(
          'an alias that is elsewhere',
          () => engine.updateAliases([remove, { remove: { index, alias: mark, must_exist: true } }]),
          SearchEngineError,
        );
        expectSame('after a refusal', await engine.indexStatus(old), 'open');
        await engine.updateAliases([{ add: { index, alias: mark } }, remove]);
        expectSame('after the move', await engine.indexStatus(old), 'missing');
        expectSame('aliases', [...((await engine.readIndices(index))[0]?.aliases ?? [])].sort(), [alias, mark]);
        await expectRejection('one that is gone', () => engine.updateAliases([remove]), SearchNotFoundError);
        await expectRejection(
          'an alias instead of an index',
          () => engine.updateAliases([{ remove_index: { index: alias } }]),
          SearchEngineError,
        );
        expectSame('what the alias stands for', await engine.indexStatus(index), 'open');
      } finally {
        await engine.deleteIndex(old);
      }
    },
  ],

  [
    'adds fields, and never changes one',
    async (bench) => {
      await bench.engine.putMapping(bench.alias, { properties: { extra: { type: 'keyword' } } });
      expectSame('write', await bench.outcomes([bench.write('a', { extra: 'x' }, 1)]), ['written']);
      await expectRejection(
        'another type',
        () => bench.engine.putMapping(bench.alias, { properties: { n: { type: 'keyword' } } }),
        SearchEngineError,
      );
    },
  ],

  [
    'closes, changes settings, and opens with all documents',
    async (bench) => {
      const { engine, alias } = bench;
      await bench.fill(3);
      await expectRejection(
        'a static setting',
        () => engine.putSettings(alias, { 'index.codec': 'best_compression' }),
        SearchEngineError,
      );
      await engine.closeIndex(alias);
      expectSame('status', await engine.indexStatus(alias), 'closed');
      await expectRejection('search', () => engine.search({ index: alias, body: {} }), SearchEngineError);
      await engine.putSettings(alias, { 'index.codec': 'best_compression' });
      await engine.openIndex(alias);
      expectSame('status', await engine.indexStatus(alias), 'open');
      expectSame(
        'documents',
        (
          await engine.getMany(
            alias,
            ['w0', 'w1', 'w2'].map((id) => ({ id })),
          )
        ).map((document) => document?.id),
        ['w0', 'w1', 'w2'],
      );
    },
  ],

  [
    'reports figures and health',
    async (bench) => {
      await bench.fill(5);
      const { documents, sizeInBytes, writes } = await bench.engine.indexStats(bench.alias);
      expectSame('documents and writes', [documents, writes], [5, 5]);
      expectContract(sizeInBytes > 0, 'the size of an index with documents is 0');
      expectContract(
        ['green', 'yellow', 'red'].includes(await bench.engine.health()),
        'health is none of green, yellow and red',
      );
      await bench.engine.ping();
    },
  ],
];
