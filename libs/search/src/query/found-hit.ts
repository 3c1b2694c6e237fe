import type { EngineHit, EngineInnerHits } from '../contracts/engine.js';
import type { Hit, InnerHits } from './search-page.js';
import type { Wire } from './wire-value.js';

const NONE: Readonly<Record<string, never>> = Object.freeze({});
const NOTHING: readonly never[] = Object.freeze([]);

/** A hit as it is given out. Printed and compared as a plain object; a class, as what a subclass adds then costs no hit anything. */
export class FoundHit implements Hit<unknown> {
  readonly id: string;
  readonly index: string;
  readonly routing: string | undefined;
  readonly score: number | null;
  readonly source: unknown;
  readonly fields: Readonly<Record<string, readonly unknown[]>>;
  readonly highlights: Readonly<Record<string, readonly string[]>>;
  readonly sort: readonly unknown[];
  readonly innerHits: Readonly<Record<string, InnerHits>>;
  readonly matchedQueries: readonly string[];
  readonly explanation: Wire | undefined;

  /** @param source where it is not as the engine gave it */
  constructor(hit: EngineHit, source: unknown = hit._source) {
    this.id = hit._id;
    this.index = hit._index;
    this.routing = hit._routing;
    this.score = hit._score;
    this.source = source;
    this.fields = hit.fields ?? NONE;
    this.highlights = hit.highlight ?? NONE;
    this.sort = hit.sort ?? NOTHING;
    this.innerHits = hit.inner_hits ? innerHitsOf(hit.inner_hits) : NONE;
    this.matchedQueries = hit.matched_queries ?? NOTHING;
    this.explanation = hit._explanation;
  }
}

/** Lets objects of a class be printed and compared as plain ones are. */
export function withoutName(made: { readonly prototype: object }): void {
  Reflect.deleteProperty(made.prototype, 'constructor');
}

withoutName(FoundHit);

function innerHitsOf(groups: Readonly<Record<string, EngineInnerHits>>): Readonly<Record<string, InnerHits>> {
  const found = Object.entries(groups).map(([name, { hits }]) => [
    name,
    { hits: hits.hits.map((hit) => new FoundHit(hit) as Hit<Wire>), total: hits.total.value },
  ]);
  return Object.fromEntries(found) as Readonly<Record<string, InnerHits>>;
}
