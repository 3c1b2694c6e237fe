import { elementsAt } from '../query/compound.js';
import { compileQuery } from '../query/query.js';
import { assertClaimed, refused, unclaimed } from '../refusals.js';
import { fieldValues } from './field-values.js';
import { bucket, type AggregationContext, type AggregationKind, type Counted, type Json } from './scope.js';
import { textOf } from '../text.js';

function filterOf(query: unknown, { index, now, nested }: AggregationContext): (counted: Counted) => boolean {
  const { context } = compileQuery({ match_all: {} }, index, now);
  const matches = context.compile(query, { ...context, nested });
  return ({ found, document }) => matches({ id: found.stored.id, document }) !== undefined;
}

const filter: AggregationKind = (body, counted, context) => bucket(counted.filter(filterOf(body, context)), context);

const filters: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation filters', body, ['filters', 'other_bucket_key']);
  if (Array.isArray(body['filters'])) throw unclaimed('filters without names');
  const named = Object.entries(body['filters'] as Json).map(
    ([name, query]) => [name, filterOf(query, context)] as const,
  );
  const buckets = named.map(([name, matches]) => [name, bucket(counted.filter(matches), context)] as const);
  const other = body['other_bucket_key'];
  const rest = counted.filter((one) => named.every(([, matches]) => !matches(one)));
  return {
    buckets: Object.fromEntries([
      ...buckets,
      ...(other === undefined ? [] : [[textOf(other), bucket(rest, context)] as const]),
    ]),
  };
};

const missing: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation missing', body, ['field']);
  const { of } = fieldValues(body, context);
  return bucket(
    counted.filter((one) => of(one).length === 0),
    context,
  );
};

const nested: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation nested', body, ['path']);
  const path = String(body['path']);
  if (context.index.fields.get(path)?.type !== 'nested')
    throw refused('aggregation_execution_exception', `[nested] nested path [${path}] is not nested`);
  const elements = counted.flatMap(({ found, document }) =>
    elementsAt(document, path).map((element): Counted => ({ found, document: element })),
  );
  return bucket(elements, { ...context, nested: path });
};

/** Back to the documents: each once, however many of its elements are counted. */
const reverseNested: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation reverse_nested', body, []);
  const documents = new Map(counted.map(({ found }) => [found, { found, document: found.stored.indexed }]));
  return bucket([...documents.values()], { ...context, nested: undefined });
};

export const filterAggregations: Readonly<Record<string, AggregationKind>> = {
  filter,
  filters,
  missing,
  nested,
  reverse_nested: reverseNested,
};
