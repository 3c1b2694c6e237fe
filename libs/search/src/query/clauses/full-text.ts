import { SearchQueryError } from '../../errors/query.errors.js';
import { shown } from '../../errors/search-error.js';
import type { FieldPath } from '../field-path.js';
import { freezeNode } from '../freeze.js';
import { wireOptions } from '../wire-value.js';
import type { Compilers } from './compile-context.js';

export interface MatchOptions {
  readonly operator?: 'and' | 'or';
  /** Letters that may differ: a number, or `AUTO` by the word's length. */
  readonly fuzziness?: 'AUTO' | number;
  /** First letters that must agree. */
  readonly prefixLength?: number;
  readonly minimumShouldMatch?: number | string;
  readonly analyzer?: string;
  readonly boost?: number;
}

export interface MatchPhraseOptions {
  /** Words that may stand between those of the phrase. */
  readonly slop?: number;
  readonly analyzer?: string;
  readonly boost?: number;
}

export interface MultiMatchOptions extends MatchOptions {
  readonly type?: 'best_fields' | 'most_fields' | 'cross_fields' | 'phrase' | 'phrase_prefix' | 'bool_prefix';
  readonly tieBreaker?: number;
  readonly slop?: number;
}

export type FullTextNode =
  | Readonly<{ kind: 'match'; field: string; text: string; options: MatchOptions | undefined }>
  | Readonly<{ kind: 'matchPhrase'; field: string; text: string; options: MatchPhraseOptions | undefined }>
  | Readonly<{ kind: 'multiMatch'; fields: readonly string[]; text: string; options: MultiMatchOptions | undefined }>;

type Words = string | number | bigint | Date;

export interface FullTextClauses<T> {
  /** Finds the words of `text`, analysed as the field is. */
  match<P extends string>(field: FieldPath<T, P, Words>, text: string, options?: MatchOptions): FullTextNode;
  /** Finds the words of `text` one after the other. */
  matchPhrase<P extends string>(field: FieldPath<T, P, string>, text: string, options?: MatchPhraseOptions): FullTextNode;
  /** `match` over several fields. */
  multiMatch<const P extends string>(fields: readonly FieldPath<T, P, Words>[], text: string, options?: MultiMatchOptions): FullTextNode;
}

export const fullText = {
  match: (field: string, text: string, options?: MatchOptions): FullTextNode => freezeNode({ kind: 'match', field, text, options: copy(options) }),
  matchPhrase: (field: string, text: string, options?: MatchPhraseOptions): FullTextNode =>
    freezeNode({ kind: 'matchPhrase', field, text, options: copy(options) }),
  multiMatch: (fields: readonly string[], text: string, options?: MultiMatchOptions): FullTextNode =>
    freezeNode({ kind: 'multiMatch', fields: [...fields], text, options: copy(options) }),
};

function copy<O>(options: O): O {
  return options && { ...options };
}

export const fullTextCompilers: Compilers<FullTextNode> = {
  match: ({ field, text, options }, context) => ({
    match: { [context.field(field, 'match')]: { query: words(text, field), ...wireOptions(options) } },
  }),
  matchPhrase: ({ field, text, options }, context) => ({
    match_phrase: { [context.field(field, 'phrase')]: { query: words(text, field), ...wireOptions(options) } },
  }),
  multiMatch: ({ fields, text, options }, context) => {
    if (fields.length === 0) throw new SearchQueryError('multiMatch', 'multiMatch needs at least one field (got none)');
    const known = fields.map((field) => context.field(field, 'match'));
    return { multi_match: { query: words(text, fields.join(', ')), fields: known, ...wireOptions(options) } };
  },
};

function words(text: unknown, field: string): string {
  if (typeof text === 'string') return text;
  throw new SearchQueryError(field, `\`${field}\` needs a string to search for (got ${shown(text)})`);
}
