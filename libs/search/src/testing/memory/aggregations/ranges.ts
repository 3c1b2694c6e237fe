import { parseDateMaths } from '../dates.js';
import { assertClaimed, refused } from '../refusals.js';
import { assertType, fieldValues, METRIC_TYPES } from './field-values.js';
import { bucket, type AggregationKind, type Json } from './scope.js';

interface Range {
  readonly key?: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** `from` belongs to a range, `to` does not; they come in the order of their bounds. */
function rangesOf(
  name: string,
  types: readonly string[],
  bound: (value: unknown, now: number) => number | undefined,
  shown: (value: number) => string,
): AggregationKind {
  return (body, counted, context) => {
    assertClaimed(`the aggregation ${name}`, body, ['field', 'ranges', 'keyed', 'missing']);
    const { field, of } = fieldValues(body, context);
    assertType(name, field, types);
    const limit = (value: unknown, absent: number): number => {
      if (value === undefined || value === null) return absent;
      return bound(value, context.now) ?? refusedBound(name, value);
    };
    const ranges = (body['ranges'] as readonly Range[]).map(({ key, from, to }) => {
      const [least, below] = [limit(from, -Infinity), limit(to, Infinity)];
      const text = (value: number): string => (Number.isFinite(value) ? shown(value) : '*');
      return { key: key ?? `${text(least)}-${text(below)}`, least, below };
    });
    ranges.sort((a, b) => a.least - b.least || a.below - b.below);
    const buckets = ranges.map(({ key, least, below }) => {
      const inside = counted.filter((one) => of(one).some((value) => Number(value) >= least && Number(value) < below));
      const ends = { ...end('from', least, name, shown), ...end('to', below, name, shown) };
      return bucket(inside, context, { key, ...ends });
    });
    if (body['keyed'] !== true) return { buckets };
    return { buckets: Object.fromEntries(buckets.map(({ key, ...others }: Json) => [String(key), others])) };
  };
}

function end(side: string, value: number, name: string, shown: (value: number) => string): object {
  if (!Number.isFinite(value)) return {};
  return { [side]: value, ...(name === 'date_range' ? { [`${side}_as_string`]: shown(value) } : {}) };
}

function refusedBound(name: string, value: unknown): never {
  throw refused('illegal_argument_exception', `${name}: failed to parse [${String(value)}]`);
}

function numeric(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** As Java shows a double. */
function javaDouble(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? `${value}.0` : String(value);
}

export const rangeAggregations: Readonly<Record<string, AggregationKind>> = {
  range: rangesOf('range', METRIC_TYPES, numeric, javaDouble),
  date_range: rangesOf(
    'date_range',
    ['date'],
    (value, now) => parseDateMaths(value, now)?.first,
    (value) => new Date(value).toISOString(),
  ),
};
