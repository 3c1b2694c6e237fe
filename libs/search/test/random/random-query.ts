import fc from 'fast-check';
import type { Aggregation, AggregationBuilder, Clause, ClauseBuilder, SearchQuery } from '@rookery/search';

/** Of any entity: the fields are the mapping's, or none. */
type Anything = Record<string, unknown>;
type Builder = Readonly<Record<string, (...given: unknown[]) => unknown>>;
export type AnyQuery = SearchQuery<Anything, unknown, unknown, unknown>;
export type Make = (query: AnyQuery) => AnyQuery;

const FIELDS = ['small', 'big', 'real', 'price', 'word', 'at', 'flag', 'text', 'text.raw', 'nope', 'text.nope'];
const field = fc.constantFrom(...FIELDS);
const value = fc.oneof(
  fc.constantFrom('silver', 'iron key', '', '*', 'now-1d', '2001-01-01', '[', 'a:b', '/x/', '\\'),
  fc.integer({ min: -50, max: 50 }),
  fc.double(),
  fc.boolean(),
  fc.bigInt(-(2n ** 64n), 2n ** 64n),
  fc.constant(new Date(1e12)),
  fc.constant(null),
);
const text = fc.oneof(
  fc.constantFrom('silver', 'iron key', '"silver key"~2', 'text:silver', '/s.*/', '(', ''),
  fc.string(),
);

type MakeClause = (q: Builder) => Clause;
const leaf = (kind: string, ...given: fc.Arbitrary<unknown>[]): fc.Arbitrary<MakeClause> =>
  fc.tuple(...given).map(
    (all): MakeClause =>
      (q) =>
        q[kind]!(...all) as Clause,
  );

const clause: fc.Arbitrary<MakeClause> = fc.letrec<{ any: MakeClause }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    leaf('match', field, text),
    leaf('matchPhrase', field, text, fc.record({ slop: fc.integer({ min: -1, max: 3 }) }, { requiredKeys: [] })),
    leaf('multiMatch', fc.array(field, { maxLength: 3 }), text),
    leaf('queryString', text, fc.record({ fields: fc.array(field, { maxLength: 2 }) }, { requiredKeys: [] })),
    leaf('simpleQueryString', text),
    leaf('term', field, value),
    leaf('terms', field, fc.array(value, { maxLength: 4 })),
    leaf('range', field, fc.record({ gte: value, lt: value }, { requiredKeys: [] })),
    leaf('exists', field),
    leaf('ids', fc.array(fc.oneof(fc.string(), fc.nat()), { maxLength: 3 })),
    leaf('prefix', field, text),
    leaf('wildcard', field, text),
    leaf('regexp', field, text),
    leaf('fuzzy', field, text),
    leaf('nested', field, fc.constant({ kind: 'matchAll' })),
    fc
      .record(
        { must: fc.array(tie('any'), { maxLength: 2 }), should: fc.array(tie('any'), { maxLength: 2 }) },
        { requiredKeys: [] },
      )
      .map(
        (parts): MakeClause =>
          (q) =>
            q['bool']!(
              Object.fromEntries(Object.entries(parts).map(([k, v]) => [k, v.map((make) => make(q))])),
            ) as Clause,
      ),
    tie('any').map(
      (make): MakeClause =>
        (q) =>
          q['constantScore']!(make(q)) as Clause,
    ),
  ),
})).any;

type MakeAggregation = (a: Builder) => Aggregation<unknown>;
const aggregation = (kind: string, ...given: fc.Arbitrary<unknown>[]): fc.Arbitrary<MakeAggregation> =>
  fc.tuple(...given).map(
    (all): MakeAggregation =>
      (a) =>
        a[kind]!(...all) as Aggregation<unknown>,
  );
const aggregated = fc.oneof(
  aggregation('terms', field, fc.record({ size: fc.integer({ min: 0, max: 20 }) }, { requiredKeys: [] })),
  aggregation('histogram', field, fc.record({ interval: fc.integer({ min: 0, max: 20 }), minCount: fc.constant(1) })),
  aggregation('avg', field),
  aggregation('stats', field),
  aggregation('cardinality', field),
  aggregation('topHits', fc.record({ size: fc.integer({ min: 0, max: 3 }) }, { requiredKeys: [] })),
);

const step: fc.Arbitrary<Make> = fc.oneof(
  fc.tuple(fc.constantFrom('must', 'filter', 'should', 'mustNot', 'postFilter'), clause).map(
    ([part, make]): Make =>
      (query) =>
        called(query, part, (q: ClauseBuilder<Anything>) => make(q as never)),
  ),
  fc.tuple(field, fc.constantFrom('asc', 'desc'), fc.record({ missing: value }, { requiredKeys: [] })).map(
    ([by, direction, options]): Make =>
      (query) =>
        called(query, 'sort', by, direction, options),
  ),
  field.map(
    (by): Make =>
      (query) =>
        called(query, 'highlight', by),
  ),
  field.map(
    (by): Make =>
      (query) =>
        called(query, 'collapse', by),
  ),
  fc.array(field, { maxLength: 2 }).map(
    (paths): Make =>
      (query) =>
        called(query, 'source', paths),
  ),
  fc
    .record({ number: fc.integer({ min: 0, max: 300 }), size: fc.integer({ min: -1, max: 60 }) }, { requiredKeys: [] })
    .map(
      (page): Make =>
        (query) =>
          called(query, 'page', page),
    ),
  aggregated.map(
    (make): Make =>
      (query) =>
        called(query, 'aggregate', (a: AggregationBuilder<Anything>) => ({ one: make(a as never) })),
  ),
  fc
    .record(
      {
        minScore: fc.double({ noNaN: true, min: -1, max: 3 }),
        routing: fc.constantFrom('a', ''),
        preference: fc.constantFrom('_local', '_shards:0', '_nope'),
        trackTotalHits: fc.oneof(fc.boolean(), fc.nat(50)),
        terminateAfter: fc.integer({ min: -1, max: 5 }),
        explain: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    .map(
      (options): Make =>
        (query) =>
          called(query, 'options', options),
    ),
  fc.array(value, { maxLength: 2 }).map(
    (after): Make =>
      (query) =>
        called(query, 'searchAfter', after),
  ),
  fc.constantFrom('none-such', 'A*', '').map(
    (index): Make =>
      (query) =>
        called(query, 'inIndex', index),
  ),
  fc.constant<Make>((query) => query.dates() as AnyQuery),
  clause.map(
    (make): Make =>
      (query) =>
        called(query, 'rescore', (q: ClauseBuilder<Anything>) => make(q as never)),
  ),
);

function called(query: AnyQuery, part: string, ...given: unknown[]): AnyQuery {
  return (query as unknown as Record<string, (...all: unknown[]) => AnyQuery>)[part]!(...given);
}

/** A query of the public builder: what types would refuse is among them, as JavaScript may send it. */
export const randomQuery: fc.Arbitrary<Make> = fc.array(step, { maxLength: 5 }).map(
  (steps): Make =>
    (query) =>
      steps.reduce((made, next) => next(made), query),
);
