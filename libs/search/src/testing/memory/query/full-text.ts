import type { MemoryField } from '../field.js';
import { analyzerName } from '../indexed-document.js';
import { assertClaimed, refused, unclaimed } from '../refusals.js';
import type { Word } from '../words.js';
import { bodyOf, boostOf, fieldAndOptions, type Json } from './clause-body.js';
import { fieldHere, NEVER, when, type Matcher, type QueryContext } from './matcher.js';
import { minimumOf } from './minimum.js';
import { termLevelQueries } from './term-level.js';
import { textOf } from '../text.js';

type Compiler = (body: unknown, context: QueryContext) => Matcher;

const MATCH = ['operator', 'minimum_should_match', 'analyzer', 'zero_terms_query', 'lenient'];

const match: Compiler = (body, context) => {
  const { path, value, options } = fieldAndOptions('match', body, 'query', MATCH);
  return wordsIn(path, String(value), options, context);
};

function wordsIn(path: string, text: string, options: Json, context: QueryContext): Matcher {
  const field = fieldHere(context, path);
  if (!field) return NEVER;
  if (field.type !== 'text') return valueIn(field, text, options, context);
  const words = queryWords(field, text, options, context);
  if (words.length === 0) return options['zero_terms_query'] === 'all' ? when(() => true) : NEVER;
  const needed = neededOf(words.length, options);
  return ({ document }) => {
    const there = new Set((document.words.get(field.path) ?? []).map((word) => word.text));
    const found = words.filter((word) => there.has(word)).length;
    return found >= needed ? boostOf(options) * found : undefined;
  };
}

/** One word alone is no list to count in. */
function neededOf(count: number, { operator = 'or', minimum_should_match: minimum }: Json): number {
  if (String(operator).toLowerCase() === 'and') return count;
  return count === 1 || minimum === undefined ? 1 : Math.max(1, minimumOf(minimum, count));
}

/** A field of values is matched by the whole text. */
function valueIn(field: MemoryField, text: string, options: Json, context: QueryContext): Matcher {
  try {
    return termLevelQueries['term']!({ [field.path]: { value: text, boost: boostOf(options) } }, context);
  } catch (error) {
    if (options['lenient'] === true) return NEVER;
    throw error;
  }
}

function queryWords(field: MemoryField, text: string, options: Json, { analysis }: QueryContext): readonly string[] {
  const name = options['analyzer'] ?? field.mapping['search_analyzer'] ?? analyzerName(field.mapping);
  return analysis.analyzer(textOf(name))(text);
}

const matchPhrase: Compiler = (body, context) => {
  const { path, value, options } = fieldAndOptions('match_phrase', body, 'query', [
    'analyzer',
    'slop',
    'zero_terms_query',
  ]);
  return phraseIn(path, String(value), options, context);
};

function phraseIn(path: string, text: string, options: Json, context: QueryContext): Matcher {
  if (Number(options['slop'] ?? 0) !== 0) throw unclaimed('`slop` of the query match_phrase');
  const field = fieldHere(context, path);
  if (!field) return NEVER;
  if (field.type === 'keyword') return valueIn(field, text, options, context);
  if (field.type !== 'text')
    throw refused('query_shard_exception', `Can only use phrase queries on text fields - not on [${path}]`);
  const words = queryWords(field, text, options, context);
  if (words.length === 0) return options['zero_terms_query'] === 'all' ? when(() => true) : NEVER;
  return when(({ document }) => holdsPhrase(document.words.get(field.path) ?? [], words), boostOf(options));
}

function holdsPhrase(words: readonly Word[], phrase: readonly string[]): boolean {
  const at = new Set(words.map(({ text, position }) => `${position} ${text}`));
  return words.some(
    ({ text, position }) => text === phrase[0] && phrase.every((word, next) => at.has(`${position + next} ${word}`)),
  );
}

const TYPES = ['best_fields', 'most_fields', 'phrase'];

/** Any of the fields. */
const multiMatch: Compiler = (body, context) => {
  const { query, fields, type = 'best_fields', boost, ...options } = bodyOf('multi_match', body);
  if (!TYPES.includes(String(type))) throw unclaimed(`the type ${String(type)} of the query multi_match`);
  assertClaimed('the query multi_match', options, [...MATCH, 'slop', 'tie_breaker', '_name']);
  const ways = ((fields ?? []) as readonly string[]).map((given) => {
    const [path, weight = '1'] = given.split('^') as [string, string?];
    if (path.includes('*')) throw unclaimed(`the pattern '${path}' among the fields of multi_match`);
    const search = type === 'phrase' ? phraseIn : wordsIn;
    return search(path, String(query), { ...options, boost: Number(weight) }, context);
  });
  return (candidate) => {
    const found = ways.map((way) => way(candidate)).filter((score) => score !== undefined);
    return found.length === 0 ? undefined : boostOf({ boost }) * Math.max(...found);
  };
};

export const fullTextQueries: Readonly<Record<string, Compiler>> = {
  match,
  match_phrase: matchPhrase,
  multi_match: multiMatch,
};
