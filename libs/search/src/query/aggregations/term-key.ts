import type { AggregationDecodeContext } from './aggregation.js';

/** A bigint comes back as number or digits, as the field is `long` or `keyword`. */
export type TermKey<V> = V extends bigint ? number | string : V;

/** Keys are numbers for dates and booleans, and strings for numbers that the mapping keeps as keyword. */
export function termKeyReader(field: ReturnType<AggregationDecodeContext['typeOf']>): (key: unknown) => unknown {
  if (field?.type === 'date') return (key) => (key === null ? null : new Date(key as number | string));
  if (field?.type === 'boolean') return (key) => (key === null ? null : key === 1 || key === true || key === 'true');
  if (field?.type === 'keyword' && field.runtimeType === 'number') return (key) => (key === null ? null : Number(key));
  return (key) => key;
}
