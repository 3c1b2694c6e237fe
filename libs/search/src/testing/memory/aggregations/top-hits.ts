import { assertClaimed, unclaimed } from '../refusals.js';
import { compileQuery } from '../query/query.js';
import { hitOf, inOrder } from '../hits.js';
import { sortKeys } from '../sort.js';
import type { AggregationKind } from './scope.js';

/** The best documents of a bucket. */
export const topHits: AggregationKind = (body, counted, { index, nested, now }) => {
  assertClaimed('the aggregation top_hits', body, ['size', 'from', 'sort', '_source', 'track_scores']);
  if (nested !== undefined) throw unclaimed('top_hits inside of nested');
  const {
    size = 3,
    from = 0,
    sort,
    _source,
  } = body as { size?: number; from?: number; sort?: unknown; _source?: unknown };
  const { context } = compileQuery({ match_all: {} }, index, now);
  const keys = sortKeys(sort, {
    fields: index.fields,
    now,
    compileIn: (path, query) => context.compile(query, { ...context, nested: path }),
  });
  const order = { keys, keysOf: () => keys };
  const ranked = inOrder(
    counted.map(({ found }) => found),
    order,
  );
  const scored = keys.length === 0 || body['track_scores'] === true;
  return {
    hits: {
      total: { value: ranked.length, relation: 'eq' },
      max_score: scored && ranked.length > 0 ? Math.max(...ranked.map(({ score }) => score)) : null,
      hits: ranked.slice(from, from + size).map((one) => hitOf(one, order, { scored, source: _source })),
    },
  };
};
