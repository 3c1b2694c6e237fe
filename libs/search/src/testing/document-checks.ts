import {
  SearchAbortedError,
  SearchEngineError,
  SearchNotFoundError,
  SearchVersionConflictError,
} from '../errors/engine.errors.js';
import { expectRejection, expectSame } from './contract-check.js';
import type { EngineCheck } from './engine-contract.js';

export const documentChecks: readonly EngineCheck[] = [
  [
    'reads a document before a refresh',
    async ({ engine, alias }) => {
      await engine.bulk([{ action: 'index', index: alias, id: 'a', source: '{"n":1}', version: 3 }]);
      const document = await engine.get(alias, 'a');
      expectSame('document', [document?.id, document?.version, document?.source], ['a', 3, { n: 1 }]);
      expectSame('exists', [await engine.exists(alias, 'a'), await engine.exists(alias, 'b')], [true, false]);
      expectSame('missing', await engine.get(alias, 'b'), undefined);
    },
  ],

  [
    'reads many in the order of their ids',
    async (bench) => {
      await bench.fill(3);
      const found = await bench.engine.getMany(
        bench.alias,
        ['w2', 'none', 'w0', 'w2'].map((id) => ({ id })),
      );
      expectSame(
        'ids',
        found.map((document) => document?.id ?? null),
        ['w2', null, 'w0', 'w2'],
      );
      expectSame('no ids', await bench.engine.getMany(bench.alias, []), []);
    },
  ],

  [
    'updates some fields, or writes what is missing when it is to',
    async ({ engine, alias: index }) => {
      expectSame(
        'upsert',
        (await engine.update({ index, id: 'a', doc: { n: 1 }, docAsUpsert: true })).outcome,
        'created',
      );
      expectSame('fields', (await engine.update({ index, id: 'a', doc: { word: 'x' } })).outcome, 'updated');
      expectSame('again', (await engine.update({ index, id: 'a', doc: { word: 'x' } })).outcome, 'unchanged');
      expectSame('document', (await engine.get(index, 'a'))?.source, { n: 1, word: 'x' });
      await expectRejection(
        'update of a missing document',
        () => engine.update({ index, id: 'none', doc: { n: 1 } }),
        SearchNotFoundError,
      );
    },
  ],

  [
    'updates by script',
    async ({ engine, alias: index }) => {
      await engine.update({ index, id: 'a', doc: { n: 1 }, docAsUpsert: true });
      await engine.update({ index, id: 'a', script: { source: 'ctx._source.n += params.by', params: { by: 4 } } });
      expectSame('document', (await engine.get(index, 'a'))?.source, { n: 5 });
    },
    ['scripts'],
  ],

  [
    'refuses an update of a document that has changed since it was read',
    async ({ engine, alias: index }) => {
      await engine.update({ index, id: 'a', doc: { n: 1 }, docAsUpsert: true });
      const { seqNo, primaryTerm } = (await engine.get(index, 'a'))!;
      const condition = { ifSeqNo: seqNo!, ifPrimaryTerm: primaryTerm! };
      await engine.update({ index, id: 'a', doc: { n: 2 }, ...condition });
      await expectRejection(
        'second update',
        () => engine.update({ index, id: 'a', doc: { n: 3 }, ...condition }),
        SearchVersionConflictError,
      );
      expectSame('document', (await engine.get(index, 'a'))?.source, { n: 2 });
    },
  ],

  [
    'explains and validates',
    async (bench) => {
      await bench.fill(2);
      const query = { term: { word: 'odd' } };
      expectSame(
        'matched',
        [
          (await bench.engine.explain(bench.alias, 'w1', query)).matched,
          (await bench.engine.explain(bench.alias, 'w0', query)).matched,
        ],
        [true, false],
      );
      await expectRejection(
        'explain of a missing document',
        () => bench.engine.explain(bench.alias, 'none', query),
        SearchNotFoundError,
      );
      expectSame('valid', (await bench.engine.validate(bench.alias, query)).valid, true);
      expectSame('invalid', (await bench.engine.validate(bench.alias, { range: { n: { gte: 'x' } } })).valid, false);
    },
  ],

  [
    'reports a missing index by its own error, and a refusal by another',
    async ({ engine, alias }) => {
      const missing = `${alias}-missing`;
      const body = {};
      await expectRejection('search', () => engine.search({ index: missing, body }), SearchNotFoundError);
      await expectRejection('count', () => engine.count({ index: missing, body }), SearchNotFoundError);
      await expectRejection('get', () => engine.get(missing, '1'), SearchNotFoundError);
      await expectRejection('getMany', () => engine.getMany(missing, [{ id: '1' }]), SearchNotFoundError);
      await expectRejection('searchMany', () => engine.searchMany([{ index: missing, body }]), SearchNotFoundError);
      await expectRejection('refresh', () => engine.refresh(missing), SearchNotFoundError);
      await expectRejection(
        'malformed query',
        () => engine.search({ index: alias, body: { query: { nonsense: {} } } }),
        SearchEngineError,
      );
    },
  ],

  [
    'ends a call by its signal',
    async ({ engine, alias: index }) => {
      const signal = AbortSignal.abort();
      await expectRejection('search', () => engine.search({ index, body: {} }, { signal }), SearchAbortedError);
      await expectRejection('get', () => engine.get(index, '1', { signal }), SearchAbortedError);
      await expectRejection(
        'bulk',
        () => engine.bulk([{ action: 'index', index, id: '1', source: '{}', version: 1 }], { signal }),
        SearchAbortedError,
      );
      expectSame('document', await engine.get(index, '1'), undefined);
    },
  ],
];
