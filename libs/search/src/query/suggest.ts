import type { EngineHit } from '../contracts/engine.js';
import type { CompileContext } from './clauses/compile-context.js';
import type { DocumentOf } from './document-type.js';
import type { FieldPath } from './field-path.js';
import { frozenCopy } from './freeze.js';
import { wireOptions, wireText, type Wire } from './wire-value.js';

export interface TermSuggestOptions {
  /** Options per word at most; 5 when absent. */
  readonly size?: number;
  /** Words that get options: those that no document has (the default), those with more frequent options, or all. */
  readonly suggestMode?: 'missing' | 'popular' | 'always';
  readonly sort?: 'score' | 'frequency';
  readonly maxEdits?: 1 | 2;
  readonly prefixLength?: number;
  /** Letters that a word needs; 4 when absent. */
  readonly minWordLength?: number;
  readonly minDocFreq?: number;
  readonly maxTermFreq?: number;
  readonly stringDistance?: 'internal' | 'damerau_levenshtein' | 'levenshtein' | 'jaro_winkler' | 'ngram';
  readonly analyzer?: string;
}

export interface PhraseSuggestOptions {
  readonly size?: number;
  /** Words that may be wrong: a share below 1, else a number; 1 when absent. */
  readonly maxErrors?: number;
  /** How much better than the input an option has to score; 1 when absent, 0 gives all. */
  readonly confidence?: number;
  readonly realWordErrorLikelihood?: number;
  readonly gramSize?: number;
  readonly analyzer?: string;
  /** Marks the words that were changed. */
  readonly highlight?: Readonly<{ preTag: string; postTag: string }>;
  /** Where options for single words come from. */
  readonly directGenerator?: readonly (Readonly<{ field: string }> & Omit<TermSuggestOptions, 'sort' | 'analyzer'>)[];
  readonly smoothing?: Wire;
  readonly collate?: Wire;
}

export interface CompletionOptions {
  readonly size?: number;
  readonly skipDuplicates?: boolean;
  readonly fuzzy?:
    | true
    | Readonly<{ fuzziness?: 'AUTO' | number; transpositions?: boolean; minLength?: number; prefixLength?: number }>;
  readonly contexts?: Wire;
}

export type SuggestNode =
  | Readonly<{ kind: 'term'; field: string; text: string; options: TermSuggestOptions }>
  | Readonly<{ kind: 'phrase'; field: string; text: string; options: PhraseSuggestOptions }>
  | Readonly<{ kind: 'completion'; field: string; text: string; options: CompletionOptions }>;

/** A word of the text, and what it may have meant. */
export interface WordSuggestion {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly options: readonly Readonly<{ text: string; score: number; frequency: number }>[];
}

export interface PhraseSuggestion {
  readonly text: string;
  readonly score: number;
  /** The text with the marks of `highlight`. */
  readonly highlighted?: string;
}

export interface CompletionSuggestion<Source> {
  readonly text: string;
  readonly score: number;
  readonly id: string;
  readonly source: Source;
}

declare const RESULT: unique symbol;

/** A suggestion that answers with an `R`. */
export type Suggestion<R> = SuggestNode & { readonly [RESULT]?: R };
export type Suggestions = Readonly<Record<string, Suggestion<unknown>>>;
export type SuggestionsOf<G> = { readonly [K in keyof G]: G[K] extends { readonly [RESULT]?: infer R } ? R : never };

export interface SuggestBuilder<T> {
  /** Other spellings, word by word. */
  term<P extends string>(
    field: FieldPath<T, P, string>,
    text: string,
    options?: TermSuggestOptions,
  ): Suggestion<readonly WordSuggestion[]>;
  /** Did-you-mean for a whole text. */
  phrase<P extends string>(
    field: FieldPath<T, P, string>,
    text: string,
    options?: PhraseSuggestOptions,
  ): Suggestion<readonly PhraseSuggestion[]>;
  /** Suggest-as-you-type from a `completion` field. */
  completion<P extends string>(
    field: FieldPath<T, P, string>,
    prefix: string,
    options?: CompletionOptions,
  ): Suggestion<readonly CompletionSuggestion<DocumentOf<T>>[]>;
}

const suggestion =
  (kind: SuggestNode['kind']) =>
  (field: string, text: string, options: object = {}) =>
    frozenCopy({ kind, field, text, options });
const BUILDER = Object.freeze({
  term: suggestion('term'),
  phrase: suggestion('phrase'),
  completion: suggestion('completion'),
});

export function suggestBuilder<T>(): SuggestBuilder<T> {
  return BUILDER;
}

export function compileSuggest(node: SuggestNode, context: CompileContext): Wire {
  const text = wireText(node.text, node.field);
  if (node.kind === 'term')
    return { text, term: { field: context.field(node.field, 'words'), ...wireOptions(node.options) } };
  if (node.kind === 'completion') {
    const { fuzzy, ...options } = node.options;
    const fuzziness = fuzzy ? { fuzzy: fuzzy === true ? {} : wireOptions(fuzzy) } : {};
    return {
      prefix: text,
      completion: { field: context.field(node.field, 'complete'), ...wireOptions(options), ...fuzziness },
    };
  }
  const { highlight, directGenerator, ...options } = node.options;
  return {
    text,
    phrase: {
      field: context.field(node.field, 'words'),
      ...wireOptions(options),
      ...(highlight ? { highlight: wireOptions(highlight) } : {}),
      ...(directGenerator
        ? {
            direct_generator: directGenerator.map(({ field, ...generator }) => ({
              field: context.field(field, 'words'),
              ...wireOptions(generator),
            })),
          }
        : {}),
    },
  };
}

interface WireEntry {
  readonly text: string;
  readonly offset: number;
  readonly length: number;
  readonly options: readonly (Readonly<{ text: string; score: number; freq: number; highlighted?: string }> &
    EngineHit)[];
}

export function decodeSuggest(node: SuggestNode, entries: readonly WireEntry[]): unknown {
  switch (node.kind) {
    case 'term':
      return entries.map(({ text, offset, length, options }) => ({
        text,
        offset,
        length,
        options: options.map((option) => ({ text: option.text, score: option.score, frequency: option.freq })),
      }));
    case 'phrase':
      return entries.flatMap(({ options }) =>
        options.map(({ text, score, highlighted }) => ({
          text,
          score,
          ...(highlighted === undefined ? {} : { highlighted }),
        })),
      );
    case 'completion':
      return entries.flatMap(({ options }) =>
        options.map(({ text, _score, _id, _source }) => ({ text, score: _score, id: _id, source: _source })),
      );
  }
}
