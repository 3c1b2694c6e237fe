import { refused, unclaimed } from '../refusals.js';
import type { MemoryIndex } from '../memory-index.js';
import { bodyOf } from './clause-body.js';
import { compoundQueries } from './compound.js';
import { fullTextQueries } from './full-text.js';
import type { Matcher, QueryContext } from './matcher.js';
import { termLevelQueries } from './term-level.js';
import { textOf } from '../text.js';

const QUERIES = { ...termLevelQueries, ...compoundQueries, ...fullTextQueries };

/** Queries of the engine that are refused as not claimed, rather than as unknown. */
const OTHERS = [
  ...['fuzzy', 'regexp', 'query_string', 'simple_query_string', 'match_phrase_prefix', 'match_bool_prefix'],
  ...['combined_fields', 'function_score', 'script_score', 'script', 'has_child', 'has_parent', 'parent_id', 'knn'],
  ...['geo_distance', 'geo_bounding_box', 'geo_polygon', 'geo_shape', 'more_like_this', 'percolate', 'rank_feature'],
  ...['distance_feature', 'intervals', 'terms_set', 'wrapper', 'pinned', 'neural', 'hybrid', 'template', 'xy_shape'],
  ...['span_term', 'span_near', 'span_or', 'span_not', 'span_first', 'span_multi', 'span_containing', 'span_within'],
];

/** @throws SearchUnclaimedError for what is not carried out, SearchEngineError for what no engine has */
function compile(query: unknown, context: QueryContext): Matcher {
  const entries = Object.entries(bodyOf('query', query));
  if (entries.length !== 1) throw refused('parsing_exception', `a query has one name (got ${entries.length})`);
  const [name, body] = entries[0]!;
  const compiler = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  if (!compiler) {
    if (OTHERS.includes(name)) throw unclaimed(`the query ${name}`);
    throw refused('parsing_exception', `unknown query [${name}]`);
  }
  const matcher = compiler(body, context);
  rememberName(name, body, matcher, context);
  return matcher;
}

function rememberName(clause: string, body: unknown, matcher: Matcher, context: QueryContext): void {
  const name = nameIn(body);
  if (name === undefined) return;
  if (context.nested !== undefined) throw unclaimed(`\`_name\` of the query ${clause} inside of a nested one`);
  context.named.set(name, matcher);
}

function nameIn(body: unknown): string | undefined {
  const { _name: own, ...fields } = body as Readonly<Record<string, unknown>>;
  const [first] = Object.values(fields);
  const inField = typeof first === 'object' && first !== null ? (first as { _name?: unknown })._name : undefined;
  const name = own ?? (Object.keys(fields).length === 1 ? inField : undefined);
  return name === undefined ? undefined : textOf(name);
}

/** A query for one index. @param now epoch milliseconds */
export function compileQuery(
  query: unknown,
  { fields, analysis }: Pick<MemoryIndex, 'fields' | 'analysis'>,
  now: number,
): { readonly matches: Matcher; readonly context: QueryContext } {
  const context: QueryContext = {
    fields,
    analysis,
    now,
    nested: undefined,
    named: new Map(),
    compile,
  };
  return { matches: compile(query ?? { match_all: {} }, context), context };
}
