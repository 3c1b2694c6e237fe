/** A document that was found. */
export interface Hit<Source> {
  readonly id: string;
  /** `null` when the order is not by score. */
  readonly score: number | null;
  readonly source: Source;
  /** Passages with the words found, by field; empty without `highlight`. */
  readonly highlights: Readonly<Record<string, readonly string[]>>;
  /** The values that the hit was sorted by. */
  readonly sort: readonly unknown[];
}

/** The answer to a search. */
export interface SearchPage<Source, Results> {
  readonly hits: readonly Hit<Source>[];
  /** Documents that match, on all pages. */
  readonly total: number;
  readonly maxScore: number | null;
  /** Time on the server, in milliseconds. */
  readonly tookMs: number;
  readonly aggregations: Results;
}
