import type { Wire } from '../wire-value.js';
import type { Aggregation, AggregationFamily } from './aggregation.js';

export type RawAggregationNode = Readonly<{ kind: 'raw'; body: Wire }>;

export interface RawAggregations {
  /** Any aggregation of OpenSearch, unchecked; the answer comes as the engine gives it. */
  raw<R = unknown>(body: Wire): Aggregation<R>;
}

export const rawAggregation = {
  raw: (body: Wire): RawAggregationNode => Object.freeze({ kind: 'raw', body: structuredClone(body) }),
};

export const rawFamily: AggregationFamily<RawAggregationNode> = {
  raw: { compile: ({ body }) => body, decode: (_node, wire) => wire },
};
