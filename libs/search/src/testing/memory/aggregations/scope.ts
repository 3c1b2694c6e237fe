import type { Found } from '../found.js';
import type { IndexedDocument } from '../indexed-document.js';
import type { MemoryIndex } from '../memory-index.js';
import type { Value } from '../values.js';

/** What is counted: a document, or an element of a nested field inside of one. */
export interface Counted {
  readonly found: Found;
  readonly document: IndexedDocument;
}

export interface AggregationContext {
  readonly index: MemoryIndex;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The nested field whose elements are counted. */
  readonly nested: string | undefined;
  /** The kinds of the aggregations inside of a bucket, by their names. */
  readonly inside: Readonly<Record<string, string>>;
  /** The aggregations inside of a bucket. */
  readonly sub: (counted: readonly Counted[], context: AggregationContext) => object;
}

export type Json = Readonly<Record<string, unknown>>;

export type AggregationKind = (body: Json, counted: readonly Counted[], context: AggregationContext) => object;

/** A bucket with the aggregations inside of it. */
export function bucket(counted: readonly Counted[], context: AggregationContext, key: object = {}): Json {
  return { ...key, doc_count: counted.length, ...context.sub(counted, context) };
}

/** Different values of a document: a bucket counts it once. */
export function distinct(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}
