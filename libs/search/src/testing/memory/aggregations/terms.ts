import type { MemoryField } from '../field.js';
import { assertClaimed, unclaimed } from '../refusals.js';
import type { Value } from '../values.js';
import { fieldValues } from './field-values.js';
import { ordered } from './order.js';
import { bucket, distinct, type AggregationKind, type Counted } from './scope.js';

const OPTIONS = ['field', 'size', 'shard_size', 'min_doc_count', 'order', 'missing', 'show_term_doc_count_error'];
const BY_COUNT = [{ _count: 'desc' }, { _key: 'asc' }];

/** One bucket per value. All documents are counted in one place, so counts are exact. */
export const terms: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation terms', body, OPTIONS);
  const {
    size = 10,
    min_doc_count: least = 1,
    order = BY_COUNT,
  } = body as { size?: number; min_doc_count?: number; order?: unknown };
  if (least < 1) throw unclaimed('`min_doc_count` 0 of the aggregation terms');
  const { field, of } = fieldValues(body, context);
  const groups = new Map<Value, Counted[]>();
  for (const one of counted)
    for (const value of distinct(of(one))) {
      const group = groups.get(value);
      if (group) group.push(one);
      else groups.set(value, [one]);
    }
  const all = [...groups]
    .filter(([, group]) => group.length >= least)
    .map(([key, group]) => ({ ...bucket(group, context), key, doc_count: group.length }));
  const sorted = ordered(all, order, context.inside);
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: sorted.slice(size).reduce((sum, { doc_count }) => sum + doc_count, 0),
    buckets: sorted.slice(0, size).map((one) => ({ ...one, ...shownKey(field, one.key) })),
  };
};

function shownKey(field: MemoryField | undefined, key: Value): object {
  if (field?.type === 'date') return { key, key_as_string: new Date(Number(key)).toISOString() };
  if (field?.type === 'boolean') return { key, key_as_string: key === 1 ? 'true' : 'false' };
  return { key: typeof key === 'bigint' ? key.toString() : key };
}
