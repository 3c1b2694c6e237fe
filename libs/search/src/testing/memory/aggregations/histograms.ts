import { parseDuration } from '../../../support/duration.js';
import { addDate, floorDate, parseDateMaths } from '../dates.js';
import { NUMBERS } from '../field.js';
import { assertClaimed, refused, unclaimed } from '../refusals.js';
import { assertType, fieldValues } from './field-values.js';
import { ordered, type Bucket } from './order.js';
import { bucket, type AggregationContext, type AggregationKind, type Counted, type Json } from './scope.js';
import { textOf } from '../text.js';

/** Where the bucket of a value begins, and the one after a bucket. */
interface Steps {
  readonly begin: (value: number) => number;
  readonly next: (begin: number) => number;
  /** Whether `hard_bounds` show the bucket that begins there. */
  readonly isWithin: (begin: number, min: number, max: number) => boolean;
}

const COMMON = ['field', 'min_doc_count', 'order', 'extended_bounds', 'hard_bounds', 'missing', 'offset'];
/** As many buckets as a search may make. */
const MAX_BUCKETS = 65_535;

const histogram: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation histogram', body, [...COMMON, 'interval']);
  const [interval, offset] = [Number(body['interval']), Number(body['offset'] ?? 0)];
  const begin = (value: number): number => Math.floor((value - offset) / interval) * interval + offset;
  // By its key before the offset: a bucket that the least value is in the middle of is left out.
  const isWithin = (at: number, min: number, max: number): boolean => at - offset >= min && at - offset <= max;
  const steps = { begin, next: (at: number) => begin(at + interval * 1.5), isWithin };
  return { buckets: bucketsOf('histogram', NUMBERS, body, counted, context, steps, Number) };
};

const dateHistogram: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation date_histogram', body, [
    ...COMMON,
    'calendar_interval',
    'fixed_interval',
    'time_zone',
  ]);
  const { time_zone: zone = 'UTC' } = body;
  if (!['UTC', 'Z', '+00:00'].includes(String(zone)))
    throw unclaimed(`the time_zone '${String(zone)}' of date_histogram`);
  const bound = (value: unknown): number => parseDateMaths(value, context.now)?.first ?? Number(value);
  const buckets = bucketsOf('date_histogram', ['date'], body, counted, context, dateSteps(body), bound);
  return { buckets: buckets.map((one) => ({ key_as_string: new Date(one.key as number).toISOString(), ...one })) };
};

const UNITS: Readonly<Record<string, Parameters<typeof floorDate>[1]>> = {
  ...{ minute: 'm', hour: 'h', day: 'd', week: 'w', month: 'M', quarter: 'q', year: 'y', second: 's' },
  ...{ '1m': 'm', '1h': 'h', '1d': 'd', '1w': 'w', '1M': 'M', '1q': 'q', '1y': 'y', '1s': 's' },
};

function dateSteps(body: Json): Steps {
  const offset = offsetMs(body['offset']);
  const { begin, next } = calendarSteps(body) ?? fixedSteps(body);
  const floor = (value: number): number => begin(value - offset) + offset;
  return {
    begin: floor,
    next: (at) => next(at - offset) + offset,
    // Dates, unlike numbers, are rounded first, and the last one is left out.
    isWithin: (at, min, max) => at >= floor(min) && at < floor(max),
  };
}

type PlainSteps = Pick<Steps, 'begin' | 'next'>;

function calendarSteps({ calendar_interval: step }: Json): PlainSteps | undefined {
  if (step === undefined) return undefined;
  const unit = UNITS[textOf(step)];
  if (unit) return { begin: (value) => floorDate(value, unit), next: (at) => addDate(at, 1, unit) };
  throw refused(
    'illegal_argument_exception',
    `The supplied interval [${textOf(step)}] could not be parsed as a calendar interval.`,
  );
}

function fixedSteps({ fixed_interval: step }: Json): PlainSteps {
  const ms = parseDuration(step);
  if (ms === undefined) throw refused('illegal_argument_exception', `fixed_interval ${textOf(step)}`);
  return { begin: (value) => Math.floor(value / ms) * ms, next: (at) => at + ms };
}

function offsetMs(offset: unknown): number {
  if (offset === undefined) return 0;
  const text = textOf(offset);
  return (text.startsWith('-') ? -1 : 1) * (parseDuration(text.replace(/^[+-]/, '')) ?? 0);
}

function bucketsOf(
  name: string,
  types: readonly string[],
  body: Json,
  counted: readonly Counted[],
  context: AggregationContext,
  { begin, next, isWithin }: Steps,
  bound: (value: unknown) => number,
): readonly Bucket[] {
  const { field, of } = fieldValues(body, context);
  assertType(name, field, types);
  const least = Number(body['min_doc_count'] ?? 0);
  const [extended, hard] = ['extended_bounds', 'hard_bounds'].map((bounds) => body[bounds] as Json | undefined);
  const groups = new Map<number, Counted[]>();
  for (const one of counted)
    for (const key of new Set(of(one).map((value) => begin(Number(value))))) {
      if (hard && !isWithin(key, bound(hard['min']), bound(hard['max']))) continue;
      const group = groups.get(key);
      if (group) group.push(one);
      else groups.set(key, [one]);
    }
  if (least === 0) fill(groups, extended && [begin(bound(extended['min'])), begin(bound(extended['max']))], next);
  const buckets = [...groups]
    .filter(([, group]) => group.length >= least)
    .map(([key, group]) => bucket(group, context, { key }) as Bucket);
  return ordered(buckets, body['order'] ?? [{ _key: 'asc' }], context.inside);
}

/** Empty buckets between full ones, and from the one bound to the other. */
function fill(groups: Map<number, Counted[]>, extended: readonly number[] | undefined, next: Steps['next']): void {
  const keys = [...groups.keys(), ...(extended ?? [])];
  if (keys.length === 0) return;
  const last = keys.reduce((a, b) => Math.max(a, b));
  for (let key = keys.reduce((a, b) => Math.min(a, b)); key <= last; key = next(key)) {
    if (!groups.has(key)) groups.set(key, []);
    if (groups.size > MAX_BUCKETS)
      throw refused(
        'too_many_buckets_exception',
        `Trying to create too many buckets. Must be less than or equal to: [${MAX_BUCKETS}].`,
        503,
      );
  }
}

export const histogramAggregations: Readonly<Record<string, AggregationKind>> = {
  histogram,
  date_histogram: dateHistogram,
};
