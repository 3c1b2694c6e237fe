import type { EntityClass } from '../metadata/recorder.js';
import type { DocumentOf } from './document-type.js';
import type { Wire } from './wire-value.js';

/** A document that was found. */
export interface Hit<Source> {
  readonly id: string;
  /** The concrete index that it is in, behind the alias: `dev-passages-v1-3f2a9c01`. */
  readonly index: string;
  /** What it was written with, in an index that is routed. */
  readonly routing: string | undefined;
  /** `null` when the order is not by score. */
  readonly score: number | null;
  /** `undefined` with `source(false)`. */
  readonly source: Source;
  /** What `raw({ docvalue_fields })`, `fields` or `script_fields` requested. */
  readonly fields: Readonly<Record<string, readonly unknown[]>>;
  /** Passages with the words found, by field; empty without `highlight`. */
  readonly highlights: Readonly<Record<string, readonly string[]>>;
  /** The values that the hit was sorted by; `searchAfter(hit.sort)` goes on from here. */
  readonly sort: readonly unknown[];
  /** Elements and documents requested by `innerHits`, by name: the nested field where none was given, and then typed. */
  readonly innerHits: InnerHitsOf<Source>;
  /** Names of the clauses that matched, of those that have a `name`. */
  readonly matchedQueries: readonly string[];
  /** How the score came about, with `options({ explain: true })`. */
  readonly explanation: Wire | undefined;
}

/** A document that was found in the index of an entity. */
export interface EntityHit<Source> extends Hit<Source> {
  /**
   * Whether the document is of this class, or of one below it: the type of `source` follows.
   *
   * @throws SearchQueryError where the index has several classes, and `source` came without the field that holds it
   * @example if (hit.is(Book)) hit.source.pages;
   */
  is<C extends object>(entity: EntityClass<C>): this is EntityHit<Source & Omit<DocumentOf<C>, keyof Source>>;
}

/** By nested field, as the type of its elements; by any other name as they come. */
export type InnerHitsOf<Source> = Readonly<Record<string, InnerHits>> & {
  readonly [
    K in keyof Source as Source[K] extends readonly (infer E)[] | null | undefined
      ? E extends object
        ? K
        : never
      : never
  ]?: InnerHits<NonNullable<Source[K]> extends readonly (infer E)[] ? E : never>;
};

export interface InnerHits<Element = Wire> {
  readonly hits: readonly Hit<Element>[];
  readonly total: number;
}

/** The answer to a search. */
export interface SearchPage<Source, Results, Suggestions = Readonly<Record<never, never>>> {
  readonly hits: readonly EntityHit<Source>[];
  /** Documents that match, on all pages. */
  readonly total: number;
  /** `gte`: there are more than `total`, as `trackTotalHits` did not count them all. */
  readonly totalRelation: 'eq' | 'gte';
  readonly maxScore: number | null;
  /** Time on the server, in milliseconds. */
  readonly tookMs: number;
  /** Whether `serverTimeoutMs` ended the search before it was complete. */
  readonly timedOut: boolean;
  readonly aggregations: Results;
  readonly suggestions: Suggestions;
  /** Where the time went, with `options({ profile: true })`. */
  readonly profile: Wire | undefined;
  /** The id to use for the next page of a point in time. */
  readonly pointInTimeId: string | undefined;
}
