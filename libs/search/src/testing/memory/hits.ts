import type { EngineHit } from '../../contracts/engine.js';
import { parseJson } from '../../support/json.js';
import type { Found } from './found.js';
import type { Matcher } from './query/matcher.js';
import { compareBy, type SortKey } from './sort.js';
import { filteredSource } from './source-filter.js';
import type { Value } from './values.js';

/** The order of a search. `keysOf`: the same keys as the index of a document reads them. */
export interface Order {
  readonly keys: readonly SortKey[];
  readonly keysOf: (found: Found) => readonly SortKey[];
}

export type Ranked = Found & { readonly values: readonly (Value | undefined)[] };

/** Without an order by score, and where scores are equal as they were written. */
export function inOrder(found: readonly Found[], { keys, keysOf }: Order): Ranked[] {
  const ranked = found.map((one) => ({ ...one, values: keysOf(one).map((key) => key.valueOf(one)) }));
  if (keys.length === 0) return ranked.sort((a, b) => b.score - a.score || a.at - b.at);
  return ranked.sort((a, b) => compareBy(keys, a.values, b.values) || a.at - b.at);
}

export interface HitParts {
  readonly scored: boolean;
  readonly source: unknown;
  readonly named?: ReadonlyMap<string, ReadonlyMap<string, Matcher>>;
}

export function hitOf(found: Ranked, { keysOf }: Order, { scored, source, named }: HitParts): EngineHit {
  const { stored, score } = found;
  const keys = keysOf(found);
  const shown = filteredSource(parseJson(stored.source), source);
  const matched = [...(named?.get(stored.index) ?? [])]
    .filter(([, matches]) => matches({ id: stored.id, document: stored.indexed }) !== undefined)
    .map(([name]) => name);
  return {
    _index: stored.index,
    _id: stored.id,
    _score: scored ? score : null,
    ...(stored.routing === undefined ? {} : { _routing: stored.routing }),
    ...(shown === undefined ? {} : { _source: shown }),
    ...(keys.length > 0 ? { sort: keys.map((key, at) => key.shown(found.values[at])) } : {}),
    ...(matched.length > 0 ? { matched_queries: matched } : {}),
  };
}
