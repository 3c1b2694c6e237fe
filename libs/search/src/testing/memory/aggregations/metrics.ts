import { assertClaimed, unclaimed } from '../refusals.js';
import { NUMBERS, type MemoryField } from '../field.js';
import { assertType, fieldValues, METRIC_TYPES } from './field-values.js';
import type { AggregationContext, AggregationKind, Counted, Json } from './scope.js';

function numbersOf(name: string, body: Json, counted: readonly Counted[], context: AggregationContext) {
  const { field, of } = fieldValues(body, context);
  assertType(name, field, METRIC_TYPES);
  // In the order in which the engine adds them up: sums of fractions depend on it.
  return {
    field,
    numbers: counted.flatMap((one) =>
      of(one)
        .map(Number)
        .sort((a, b) => a - b),
    ),
  };
}

/** A sum whose rounding errors are made good as it goes on. */
function sumOf(numbers: readonly number[]): number {
  let [sum, lost] = [0, 0];
  for (const number of numbers) {
    const part = number - lost;
    const next = sum + part;
    lost = next - sum - part;
    sum = next;
  }
  return sum;
}

const METRICS: Readonly<Record<string, (numbers: readonly number[]) => number | null>> = {
  min: (numbers) => least(numbers, Math.min),
  max: (numbers) => least(numbers, Math.max),
  sum: sumOf,
  avg: (numbers) => (numbers.length === 0 ? null : sumOf(numbers) / numbers.length),
};

function least(numbers: readonly number[], choose: (a: number, b: number) => number): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => choose(a, b));
}

function single(name: string): AggregationKind {
  return (body, counted, context) => {
    assertClaimed(`the aggregation ${name}`, body, ['field', 'missing']);
    const { field, numbers } = numbersOf(name, body, counted, context);
    const value = METRICS[name]!(numbers);
    return { value, ...(value === null ? {} : asString('value', field, value)) };
  };
}

/** Dates and booleans are shown as such beside their numbers. */
function asString(name: string, field: MemoryField | undefined, value: number): object {
  if (field?.type === 'date') return { [`${name}_as_string`]: new Date(value).toISOString() };
  return field?.type === 'boolean' ? { [`${name}_as_string`]: value === 0 ? 'false' : 'true' } : {};
}

function statsOf(numbers: readonly number[]) {
  const { min, max, avg, sum } = METRICS;
  return { count: numbers.length, min: min!(numbers), max: max!(numbers), avg: avg!(numbers), sum: sum!(numbers)! };
}

const stats: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation stats', body, ['field', 'missing']);
  const { field, numbers } = numbersOf('stats', body, counted, context);
  const found = statsOf(numbers);
  return numbers.length === 0 ? found : { ...found, ...textsOf(field, found) };
};

function textsOf(field: MemoryField | undefined, found: ReturnType<typeof statsOf>): object {
  if (field?.type !== 'date' && field?.type !== 'boolean') return {};
  const text = (value: number | null): unknown =>
    field.type === 'boolean' ? value !== 0 : new Date(Math.trunc(value!)).toISOString();
  const { min, max, avg, sum } = found;
  return { min_as_string: text(min), max_as_string: text(max), avg_as_string: text(avg), sum_as_string: text(sum) };
}

const extendedStats: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation extended_stats', body, ['field', 'missing', 'sigma']);
  const { field, numbers } = numbersOf('extended_stats', body, counted, context);
  if (field && !NUMBERS.includes(field.type))
    throw unclaimed(`extended_stats of \`${field.path}\`, which is ${field.type},`);
  const plain = statsOf(numbers);
  const { count, sum, avg } = plain;
  const squares = count === 0 ? null : sumOf(numbers.map((number) => number * number));
  const variance = (by: number): number | null =>
    squares === null ? null : Math.max(0, (squares - (sum * sum) / count) / by);
  const [population, sampling] = [variance(count), variance(count - 1)];
  const root = (value: number | null): number | null => (value === null ? null : Math.sqrt(value));
  const sigma = Number(body['sigma'] ?? 2);
  const at = (deviation: number | null, sign: number) => (deviation === null ? null : avg! + sign * sigma * deviation);
  return javaNumbers({
    ...plain,
    sum_of_squares: squares,
    variance: population,
    variance_population: population,
    variance_sampling: sampling,
    std_deviation: root(population),
    std_deviation_population: root(population),
    std_deviation_sampling: root(sampling),
    std_deviation_bounds: {
      upper: at(root(population), 1),
      lower: at(root(population), -1),
      upper_population: at(root(population), 1),
      lower_population: at(root(population), -1),
      upper_sampling: at(root(sampling), 1),
      lower_sampling: at(root(sampling), -1),
    },
  });
};

/** What is no number is a text in the engine's JSON. */
function javaNumbers<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_name, one: unknown) => (Number.isNaN(one) ? 'NaN' : one))) as T;
}

const valueCount: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation value_count', body, ['field', 'missing']);
  const { of } = fieldValues(body, context);
  return { value: counted.reduce((sum, one) => sum + of(one).length, 0) };
};

/** Exact, however many there are. */
const cardinality: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation cardinality', body, ['field', 'missing', 'precision_threshold']);
  const { of } = fieldValues(body, context);
  return { value: new Set(counted.flatMap((one) => [...of(one)])).size };
};

const weightedAvg: AggregationKind = (body, counted, context) => {
  assertClaimed('the aggregation weighted_avg', body, ['value', 'weight']);
  const [value, weight] = [body['value'], body['weight']].map((part) => fieldValues(part as Json, context)) as [
    ReturnType<typeof fieldValues>,
    ReturnType<typeof fieldValues>,
  ];
  const pairs = counted.flatMap((one) => {
    const [weights, values] = [weight.of(one), value.of(one)];
    if (weights.length > 1) throw unclaimed('several weights of one document in weighted_avg');
    return weights.length === 0 ? [] : values.map((each) => [Number(each), Number(weights[0])] as const);
  });
  const total = sumOf(pairs.map(([, by]) => by));
  return { value: pairs.length === 0 ? null : sumOf(pairs.map(([each, by]) => each * by)) / total };
};

export const metricAggregations: Readonly<Record<string, AggregationKind>> = {
  ...Object.fromEntries(Object.keys(METRICS).map((name) => [name, single(name)])),
  stats,
  extended_stats: extendedStats,
  value_count: valueCount,
  cardinality,
  weighted_avg: weightedAvg,
};
