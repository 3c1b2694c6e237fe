import { SearchQueryError } from '../../errors/query.errors.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireText } from '../wire-value.js';
import type { CompileContext, Compilers } from './compile-context.js';

export interface ClauseOptions {
  /** Multiplies the score; 1 when absent. */
  readonly boost?: number;
  /** Comes back in `hit.matchedQueries`. */
  readonly name?: string;
}

/** Letters that may differ: a number, or `AUTO` by the word's length. */
export type Fuzziness = 'AUTO' | `AUTO:${number},${number}` | 0 | 1 | 2;

export interface FuzzyWords {
  readonly fuzziness?: Fuzziness;
  /** First letters that must agree. */
  readonly prefixLength?: number;
  /** Words that a fuzzy one may become; 50 when absent. */
  readonly maxExpansions?: number;
  readonly fuzzyTranspositions?: boolean;
}

export interface MatchOptions extends ClauseOptions, FuzzyWords {
  readonly operator?: 'and' | 'or';
  readonly minimumShouldMatch?: number | string;
  readonly analyzer?: string;
  /** Ignores what the field's type cannot read, such as words for a number. */
  readonly lenient?: boolean;
  /** When nothing is left after analysis: match nothing, or everything. */
  readonly zeroTermsQuery?: 'none' | 'all';
}

export interface MatchPhraseOptions extends ClauseOptions {
  /** Words that may stand between those of the phrase. */
  readonly slop?: number;
  readonly analyzer?: string;
  readonly zeroTermsQuery?: 'none' | 'all';
}

export interface MatchPhrasePrefixOptions extends MatchPhraseOptions {
  /** Words that the last one may become; 50 when absent. */
  readonly maxExpansions?: number;
}

export type MatchBoolPrefixOptions = Omit<MatchOptions, 'lenient' | 'zeroTermsQuery'>;

/** Weights of fields, by name; 1 for the others. */
export interface Boosts<P extends string> {
  readonly boosts?: Readonly<Partial<Record<P, number>>>;
}

export interface MultiMatchOptions<P extends string = string> extends MatchOptions, Boosts<P> {
  readonly type?: 'best_fields' | 'most_fields' | 'cross_fields' | 'phrase' | 'phrase_prefix' | 'bool_prefix';
  readonly tieBreaker?: number;
  readonly slop?: number;
}

export interface CombinedFieldsOptions<P extends string = string> extends ClauseOptions, Boosts<P> {
  readonly operator?: 'and' | 'or';
  readonly minimumShouldMatch?: number | string;
  readonly zeroTermsQuery?: 'none' | 'all';
}

export type OneField<Kind, Options> = Readonly<{
  kind: Kind;
  field: string;
  text: string;
  options: Options | undefined;
}>;
export type ManyFields<Kind, Options> = Readonly<{
  kind: Kind;
  fields: readonly string[];
  text: string;
  options: Options | undefined;
}>;

export type FullTextNode =
  | OneField<'match', MatchOptions>
  | OneField<'matchPhrase', MatchPhraseOptions>
  | OneField<'matchPhrasePrefix', MatchPhrasePrefixOptions>
  | OneField<'matchBoolPrefix', MatchBoolPrefixOptions>
  | ManyFields<'multiMatch', MultiMatchOptions>
  | ManyFields<'combinedFields', CombinedFieldsOptions>;

export type Words = string | number | bigint | Date;

export interface FullTextClauses<T> {
  /** Finds the words of `text`, analysed as the field is. */
  match<P extends string>(field: FieldPath<T, P, Words>, text: string, options?: MatchOptions): FullTextNode;
  /** Finds the words of `text` one after the other. */
  matchPhrase<P extends string>(
    field: FieldPath<T, P, string>,
    text: string,
    options?: MatchPhraseOptions,
  ): FullTextNode;
  /** A phrase whose last word may go on: `the uni` finds "the union". */
  matchPhrasePrefix<P extends string>(
    field: FieldPath<T, P, string>,
    text: string,
    options?: MatchPhrasePrefixOptions,
  ): FullTextNode;
  /** The words in any order, the last of which may go on. */
  matchBoolPrefix<P extends string>(
    field: FieldPath<T, P, string>,
    text: string,
    options?: MatchBoolPrefixOptions,
  ): FullTextNode;
  /** `match` over several fields. */
  multiMatch<const P extends string>(
    fields: readonly FieldPath<T, P, Words>[],
    text: string,
    options?: MultiMatchOptions<NoInfer<P>>,
  ): FullTextNode;
  /** Scores the words as if the fields were one; they must be analysed alike. */
  combinedFields<const P extends string>(
    fields: readonly FieldPath<T, P, string>[],
    text: string,
    options?: CombinedFieldsOptions<NoInfer<P>>,
  ): FullTextNode;
}

const one =
  <K extends string, O>(kind: K) =>
  (field: string, text: string, options?: O) =>
    frozenCopy({ kind, field, text, options });
const many =
  <K extends string, O>(kind: K) =>
  (fields: readonly string[], text: string, options?: O) =>
    frozenCopy({ kind, fields, text, options });

export const fullText = {
  match: one<'match', MatchOptions>('match'),
  matchPhrase: one<'matchPhrase', MatchPhraseOptions>('matchPhrase'),
  matchPhrasePrefix: one<'matchPhrasePrefix', MatchPhrasePrefixOptions>('matchPhrasePrefix'),
  matchBoolPrefix: one<'matchBoolPrefix', MatchBoolPrefixOptions>('matchBoolPrefix'),
  multiMatch: many<'multiMatch', MultiMatchOptions>('multiMatch'),
  combinedFields: many<'combinedFields', CombinedFieldsOptions>('combinedFields'),
};

export const fullTextCompilers: Compilers<FullTextNode> = {
  match: (node, context) => ({ match: oneField(node, context, 'match') }),
  matchPhrase: (node, context) => ({ match_phrase: oneField(node, context, 'phrase') }),
  matchPhrasePrefix: (node, context) => ({ match_phrase_prefix: oneField(node, context, 'words') }),
  matchBoolPrefix: (node, context) => ({ match_bool_prefix: oneField(node, context, 'words') }),
  multiMatch: (node, context) => ({ multi_match: manyFields(node, context, 'match') }),
  combinedFields: (node, context) => ({ combined_fields: manyFields(node, context, 'words') }),
};

function oneField(
  { field, text, options }: OneField<string, ClauseOptions>,
  context: CompileContext,
  use: 'match' | 'phrase' | 'words',
) {
  return { [context.field(field, use)]: { query: wireText(text, field), ...clauseOptions(options) } };
}

function manyFields(
  { kind, fields, text, options }: ManyFields<string, ClauseOptions & Boosts<string>>,
  context: CompileContext,
  use: 'match' | 'words',
) {
  const { boosts, ...others } = options ?? {};
  return {
    query: wireText(text, fields.join(', ')),
    fields: boosted(kind, fields, boosts, context, use),
    ...clauseOptions(others),
  };
}

/** `title^2`, the form in which several clauses accept weights. */
export function boosted(
  clause: string,
  fields: readonly string[],
  boosts: Readonly<Partial<Record<string, number>>> | undefined,
  context: CompileContext,
  use: 'match' | 'words',
): readonly string[] {
  if (fields.length === 0) throw new SearchQueryError(clause, `${clause} needs at least one field (got none)`, fields);
  const other = Object.keys(boosts ?? {}).find((field) => !fields.includes(field));
  if (other !== undefined)
    throw new SearchQueryError(
      clause,
      `${clause} has a boost for \`${other}\`, which is not among its fields: add it to them`,
      other,
    );
  return fields.map((field) => {
    const known = context.field(field, use);
    const boost = boosts?.[field];
    return boost === undefined ? known : `${known}^${String(wireOptions({ boost })['boost'])}`;
  });
}

/** Options that every clause shares, beside its own. */
export function clauseOptions(options: ClauseOptions | undefined): Record<string, unknown> {
  if (options?.name === undefined) return wireOptions(options);
  const { name, ...others } = options;
  return { ...wireOptions(others), _name: name };
}
