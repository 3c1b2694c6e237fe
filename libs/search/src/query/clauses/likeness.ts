import { SearchQueryError } from '../../errors/query.errors.js';
import { unusable } from '../unusable.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wholeNumber, wireOptions } from '../wire-value.js';
import type { Clause } from './clause.js';
import type { Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

/** A text, or a document by its id (of this index when `index` is absent). */
export type Likeness = string | Readonly<{ id: string; index?: string; routing?: string }>;

export interface MoreLikeThisOptions extends ClauseOptions {
  readonly unlike?: readonly Likeness[];
  /** Words taken from the likeness at most; 25 when absent. */
  readonly maxQueryTerms?: number;
  /** Occurrences in the likeness that a word needs; 2 when absent. */
  readonly minTermFreq?: number;
  /** Documents that a word has to be in; 5 when absent. */
  readonly minDocFreq?: number;
  readonly maxDocFreq?: number;
  readonly minWordLength?: number;
  readonly maxWordLength?: number;
  readonly stopWords?: readonly string[];
  readonly analyzer?: string;
  /** How many of the words have to match; `30%` when absent. */
  readonly minimumShouldMatch?: number | string;
  readonly boostTerms?: number;
  /** Whether the documents named are found too. */
  readonly include?: boolean;
}

export interface KnnOptions extends ClauseOptions {
  /** Neighbours to find, per segment. */
  readonly k: number;
  /** Only documents that match are neighbours. */
  readonly filter?: Clause;
}

export type LikenessNode =
  | Readonly<{
      kind: 'moreLikeThis';
      fields: readonly string[];
      like: readonly Likeness[];
      options: MoreLikeThisOptions | undefined;
    }>
  | Readonly<{ kind: 'knn'; field: string; vector: readonly number[]; options: KnnOptions }>;

export interface LikenessClauses<T> {
  /** Documents with the words that stand out in a text or in other documents. */
  moreLikeThis<const P extends string>(
    fields: readonly FieldPath<T, P, string>[],
    like: Likeness | readonly Likeness[],
    options?: MoreLikeThisOptions,
  ): LikenessNode;
  /** The nearest vectors. The engine needs the k-NN plug-in. */
  knn<P extends string>(field: FieldPath<T, P, number>, vector: readonly number[], options: KnnOptions): LikenessNode;
}

export const likeness = {
  moreLikeThis: (
    fields: readonly string[],
    like: Likeness | readonly Likeness[],
    options?: MoreLikeThisOptions,
  ): LikenessNode => frozenCopy({ kind: 'moreLikeThis', fields, like: [like].flat(), options }),
  knn: (field: string, vector: readonly number[], options: KnnOptions): LikenessNode =>
    frozenCopy({ kind: 'knn', field, vector, options }),
};

export const likenessCompilers: Compilers<LikenessNode> = {
  moreLikeThis: ({ fields, like, options: { unlike, ...options } = {} }, context) => {
    if (fields.length === 0)
      throw new SearchQueryError('moreLikeThis', 'moreLikeThis needs at least one field (got none)', fields);
    if (like.length === 0)
      throw new SearchQueryError('moreLikeThis', 'moreLikeThis needs a text or a document to be like (got none)', like);
    return {
      more_like_this: {
        fields: fields.map((field) => context.field(field, 'pattern')),
        like: like.map(wireLikeness),
        ...(unlike ? { unlike: unlike.map(wireLikeness) } : {}),
        ...clauseOptions(options),
      },
    };
  },
  knn: ({ field, vector, options: { k, filter, ...options } }, context) => {
    const bad = vector.find((number) => !Number.isFinite(number));
    if (vector.length === 0 || bad !== undefined)
      throw unusable(field, `knn on \`${field}\` needs a vector of finite numbers`, bad ?? vector);
    const wire = {
      vector,
      k: wholeNumber(k, 1, 'k'),
      ...(filter ? { filter: context.clause(filter) } : {}),
      ...clauseOptions(options),
    };
    return { knn: { [context.field(field, 'vector')]: wire } };
  },
};

function wireLikeness(like: Likeness): unknown {
  if (typeof like === 'string') return like;
  const { id, index, ...others } = like;
  return { ...(index === undefined ? {} : { _index: index }), _id: id, ...wireOptions(others) };
}
