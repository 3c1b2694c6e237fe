import { compareValues, type Value } from '../values.js';
import { unclaimed } from '../refusals.js';
import type { AggregationContext, Json } from './scope.js';

export type Bucket = { readonly key: Value; readonly doc_count: number } & Json;

/** Buckets in the requested order; equal ones by their keys. @throws SearchUnclaimedError for an order by more than one metric's value */
export function ordered<B extends Bucket>(
  buckets: readonly B[],
  order: unknown,
  inside: AggregationContext['inside'],
): B[] {
  const rules = [order].flat().flatMap((rule) => Object.entries(rule as Readonly<Record<string, string>>));
  for (const [by] of rules) if (by.includes('>')) throw unclaimed(`the order by '${by}' of buckets`);
  return buckets.toSorted((a, b) => {
    for (const [by, direction] of rules) {
      const compared = compareBuckets(by, a, b, { sign: direction === 'desc' ? -1 : 1, inside });
      if (compared !== 0) return compared;
    }
    return compareValues(a.key, b.key);
  });
}

interface Sense {
  readonly sign: number;
  readonly inside: AggregationContext['inside'];
}

function compareBuckets(by: string, a: Bucket, b: Bucket, { sign, inside }: Sense): number {
  if (by === '_key') return sign * compareValues(a.key, b.key);
  if (by === '_count') return sign * (a.doc_count - b.doc_count);
  const [left, right] = [a, b].map((one) => metricOf(one, by) ?? absent(by, inside)) as [number | null, number | null];
  // An average of nothing comes last, in either direction.
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return left === right ? 0 : sign * (left < right ? -1 : 1);
}

/** What a metric without a value counts as. */
function absent(by: string, inside: AggregationContext['inside']): number | null {
  const [name, part = 'value'] = by.split('.');
  const kind = part === 'value' ? inside[name!] : part;
  return kind === 'max' ? -Infinity : kind === 'min' ? Infinity : null;
}

function metricOf(bucket: Bucket, by: string): number | null {
  const [name, part = 'value'] = by.split('.');
  const metric = bucket[name!] as Json | undefined;
  const value = metric?.[part] ?? (part === 'value' ? metric?.['doc_count'] : undefined);
  return typeof value === 'number' ? value : null;
}
