import type { Found } from '../found.js';
import type { MemoryIndex } from '../memory-index.js';
import { refused, unclaimed } from '../refusals.js';
import { filterAggregations } from './filters.js';
import { histogramAggregations } from './histograms.js';
import { metricAggregations } from './metrics.js';
import { rangeAggregations } from './ranges.js';
import type { AggregationContext, AggregationKind, Counted, Json } from './scope.js';
import { terms } from './terms.js';
import { topHits } from './top-hits.js';

const KINDS: Readonly<Record<string, AggregationKind>> = {
  ...metricAggregations,
  ...histogramAggregations,
  ...rangeAggregations,
  ...filterAggregations,
  terms,
  top_hits: topHits,
};

const SUB = ['aggs', 'aggregations', 'meta'];

/** @returns `undefined` where none is requested @throws SearchUnclaimedError for a kind that is not carried out */
export function aggregate(
  aggregations: unknown,
  index: MemoryIndex,
  found: readonly Found[],
  now: number,
): Readonly<Record<string, unknown>> | undefined {
  if (aggregations === undefined) return undefined;
  const context: AggregationContext = { index, now, nested: undefined, inside: {}, sub: () => ({}) };
  const counted = found.map((one): Counted => ({ found: one, document: one.stored.indexed }));
  return all(aggregations as Json, counted, context);
}

function all(aggregations: Json, counted: readonly Counted[], context: AggregationContext): Json {
  return Object.fromEntries(
    Object.entries(aggregations).map(([name, body]) => [name, one(name, body as Json, counted, context)]),
  );
}

function one(name: string, definition: Json, counted: readonly Counted[], context: AggregationContext): object {
  const kinds = Object.keys(definition).filter((part) => !SUB.includes(part));
  if (kinds.length !== 1)
    throw refused('parsing_exception', `[${name}] needs one kind of aggregation (got ${kinds.join(', ')})`);
  const kind = Object.hasOwn(KINDS, kinds[0]!) ? KINDS[kinds[0]!] : undefined;
  if (!kind) throw unclaimed(`the aggregation ${kinds[0]}`);
  const inner = (definition['aggs'] ?? definition['aggregations'] ?? {}) as Json;
  // What is inside is looked at also where no bucket comes to be.
  all(inner, [], context);
  return kind(definition[kinds[0]!] as Json, counted, {
    ...context,
    inside: Object.fromEntries(Object.entries(inner).map(([part, body]) => [part, Object.keys(body as Json)[0]!])),
    sub: (group, within) => all(inner, group, within),
  });
}
