import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireText } from '../wire-value.js';
import type { CompileContext, Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions, type Fuzziness } from './full-text.js';

export interface PatternOptions extends ClauseOptions {
  readonly caseInsensitive?: boolean;
  /** How the terms found are scored; not at all when absent. */
  readonly rewrite?: string;
}

export interface RegexpOptions extends PatternOptions {
  /** Optional operators, such as `INTERSECTION|INTERVAL`; all when absent. */
  readonly flags?: string;
  /** Automaton states at most; 10,000 when absent. */
  readonly maxDeterminizedStates?: number;
}

export interface FuzzyOptions extends ClauseOptions {
  readonly fuzziness?: Fuzziness;
  readonly prefixLength?: number;
  readonly maxExpansions?: number;
  readonly transpositions?: boolean;
  readonly rewrite?: string;
}

export type Pattern<Kind, Options> = Readonly<{
  kind: Kind;
  field: string;
  value: string;
  options: Options | undefined;
}>;

export type PatternNode =
  | Pattern<'prefix', PatternOptions>
  | Pattern<'wildcard', PatternOptions>
  | Pattern<'regexp', RegexpOptions>
  | Pattern<'fuzzy', FuzzyOptions>;

/** Patterns are matched against terms: whole values of a keyword field, single analysed words of a text field. */
export interface PatternClauses<T> {
  prefix<P extends string>(field: FieldPath<T, P, string>, value: string, options?: PatternOptions): PatternNode;
  /** `?` stands for one letter, `*` for any number. */
  wildcard<P extends string>(field: FieldPath<T, P, string>, value: string, options?: PatternOptions): PatternNode;
  /** Lucene's regular expressions, which match whole terms. */
  regexp<P extends string>(field: FieldPath<T, P, string>, value: string, options?: RegexpOptions): PatternNode;
  /** One term with letters that differ. For words of a text, use `match` with `fuzziness`. */
  fuzzy<P extends string>(field: FieldPath<T, P, string>, value: string, options?: FuzzyOptions): PatternNode;
}

const pattern =
  <K extends string, O>(kind: K) =>
  (field: string, value: string, options?: O) =>
    frozenCopy({ kind, field, value, options });

export const patterns = {
  prefix: pattern<'prefix', PatternOptions>('prefix'),
  wildcard: pattern<'wildcard', PatternOptions>('wildcard'),
  regexp: pattern<'regexp', RegexpOptions>('regexp'),
  fuzzy: pattern<'fuzzy', FuzzyOptions>('fuzzy'),
};

export const patternCompilers: Compilers<PatternNode> = {
  prefix: compile,
  wildcard: compile,
  regexp: compile,
  fuzzy: compile,
};

function compile({ kind, field, value, options }: PatternNode, context: CompileContext) {
  return {
    [kind]: {
      [context.field(field, kind === 'fuzzy' ? 'fuzzy' : 'pattern')]: {
        value: wireText(value, field),
        ...clauseOptions(options),
      },
    },
  };
}
