import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { assertWithin } from './query-string-scan.js';
import { wireText, type Wire } from '../wire-value.js';
import type { CompileContext, Compilers } from './compile-context.js';
import { boosted, clauseOptions, type ClauseOptions, type Fuzziness, type Words } from './full-text.js';

export interface SharedOptions<P extends string> extends ClauseOptions {
  /** Searched for words without a field of their own, and all that the text may name; every field when absent. */
  readonly fields?: readonly P[];
  readonly boosts?: Readonly<Partial<Record<P, number>>>;
  readonly defaultOperator?: 'and' | 'or';
  readonly minimumShouldMatch?: number | string;
  readonly analyzer?: string;
  readonly analyzeWildcard?: boolean;
  readonly lenient?: boolean;
  readonly quoteFieldSuffix?: string;
}

export interface QueryStringOptions<P extends string = string> extends SharedOptions<P> {
  readonly type?: 'best_fields' | 'most_fields' | 'cross_fields' | 'phrase' | 'phrase_prefix';
  /** `*union` reads every word of the index: false refuses it, and is the default here. */
  readonly allowLeadingWildcard?: boolean;
  /** A regular expression (`/se[ao]/`) reads every word of the index: false refuses it, and is the default. */
  readonly allowRegexp?: boolean;
  readonly fuzziness?: Fuzziness;
  readonly phraseSlop?: number;
  readonly tieBreaker?: number;
  readonly timeZone?: string;
}

export interface SimpleQueryStringOptions<P extends string = string> extends SharedOptions<P> {
  /** Operators that are understood, such as `AND|OR|PREFIX`; all when absent. */
  readonly flags?: string;
  readonly fuzzyPrefixLength?: number;
  readonly fuzzyMaxExpansions?: number;
}

export type QueryStringNode =
  | Readonly<{ kind: 'queryString'; text: string; options: QueryStringOptions }>
  | Readonly<{ kind: 'simpleQueryString'; text: string; options: SimpleQueryStringOptions }>;

export interface QueryStringClauses<T> {
  /**
   * The whole syntax of Lucene, for experts: a malformed `text` is refused by the engine (400), and one that names a field
   * besides `fields`, or has a regular expression without `allowRegexp`, before it is sent.
   */
  queryString<const P extends string = never>(
    text: string,
    options?: Omit<QueryStringOptions<P>, 'fields'> & { readonly fields?: readonly FieldPath<T, P, Words>[] },
  ): QueryStringNode;
  /** The syntax for search boxes (`+ | - " * ( ) ~`): it never fails, what is malformed is read as words. */
  simpleQueryString<const P extends string = never>(
    text: string,
    options?: Omit<SimpleQueryStringOptions<P>, 'fields'> & { readonly fields?: readonly FieldPath<T, P, Words>[] },
  ): QueryStringNode;
}

export const queryStrings = {
  queryString: (text: string, options: QueryStringOptions = {}): QueryStringNode =>
    frozenCopy({ kind: 'queryString', text, options: { allowLeadingWildcard: false, ...options } }),
  simpleQueryString: (text: string, options: SimpleQueryStringOptions = {}): QueryStringNode =>
    frozenCopy({ kind: 'simpleQueryString', text, options }),
};

export const queryStringCompilers: Compilers<QueryStringNode> = {
  queryString: (node, context) => {
    const { allowRegexp = false, ...options } = (node).options;
    assertWithin(wireText(node.text, node.kind), options.fields, allowRegexp);
    return { query_string: body({ ...node, options }, context) };
  },
  simpleQueryString: (node, context) => ({ simple_query_string: body(node, context) }),
};

function body({ kind, text, options: { fields, boosts, ...options } }: QueryStringNode, context: CompileContext): Wire {
  const named = fields ? { fields: boosted(kind, fields, boosts, context, 'match') } : {};
  return { query: wireText(text, kind), ...named, ...clauseOptions(options) };
}
