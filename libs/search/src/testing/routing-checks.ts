import { expectSame } from './contract-check.js';
import type { EngineCheck } from './engine-contract.js';

export const routingChecks: readonly EngineCheck[] = [
  [
    'reaches every shard with one routing each',
    async (bench) => {
      const routings = await bench.engine.shardRoutings(bench.alias);
      expectSame('as many as shards', new Set(routings).size, 2);
      expectSame('again', await bench.engine.shardRoutings(bench.index), routings);
      const writes = routings.map((routing) => ({ ...bench.write('same', { word: routing }, 1), routing }));
      // One id on two shards is two documents: each is written, none superseded.
      expectSame('one id on each', await bench.outcomes(writes), ['written', 'written']);
    },
  ],

  [
    'finds every document on one of the shards',
    async (bench) => {
      await bench.fill(40);
      const found: unknown[] = [];
      for (const routing of await bench.engine.shardRoutings(bench.alias)) {
        const request = { index: bench.alias, body: { size: 40 }, parameters: { routing } };
        found.push(...(await bench.engine.search(request)).hits.hits.map(({ _id }) => _id));
      }
      expectSame('documents', [found.length, new Set(found).size], [40, 40]);
    },
  ],

  [
    'reads, updates and deletes by id and routing',
    async (bench) => {
      const { engine, alias } = bench;
      const [a, b] = (await engine.shardRoutings(alias)) as [string, string];
      await bench.outcomes([{ ...bench.write('x', { word: 'at a' }, 1), routing: a }]);
      expectSame(
        'get',
        [(await engine.get(alias, 'x', { routing: a }))?.routing, await engine.get(alias, 'x', { routing: b })],
        [a, undefined],
      );
      expectSame(
        'exists',
        [await engine.exists(alias, 'x', { routing: a }), await engine.exists(alias, 'x', { routing: b })],
        [true, false],
      );
      expectSame(
        'getMany',
        (
          await engine.getMany(
            alias,
            [a, b].map((routing) => ({ id: 'x', routing })),
          )
        ).map((document) => document?.routing),
        [a, undefined],
      );
      expectSame(
        'update',
        (await engine.update({ index: alias, id: 'x', routing: a, doc: { n: 1 } })).outcome,
        'updated',
      );
      expectSame(
        'deletes',
        await bench.outcomes([
          { ...bench.remove('x', 9), routing: b },
          { ...bench.remove('x', 9), routing: a },
        ]),
        ['absent', 'deleted'],
      );
    },
  ],

  [
    'reports where each document is',
    async (bench) => {
      const [routing] = (await bench.engine.shardRoutings(bench.alias)) as [string];
      await bench.outcomes([{ ...bench.write('far', {}, 1), routing }, bench.write('near', {}, 1)]);
      await bench.engine.refresh(bench.alias);
      const places = [];
      for await (const page of bench.engine.scanIds(bench.alias, 1)) places.push(...page);
      expectSame(
        'places',
        places.sort((a, b) => (a.id < b.id ? -1 : 1)),
        [{ id: 'far', routing }, { id: 'near' }],
      );
    },
  ],
];
