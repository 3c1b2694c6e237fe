import { SearchQueryError } from '../../errors/query.errors.js';
import { frozenCopy } from '../freeze.js';
import type { Wire } from '../wire-value.js';
import type { Clause } from './clause.js';
import type { CompileContext, Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

export interface BoolParts extends ClauseOptions {
  /** All must match, and count for the score. */
  readonly must?: readonly Clause[];
  /** All must match, without a score. */
  readonly filter?: readonly Clause[];
  /** Each that matches raises the score; without `must` and `filter` one has to. */
  readonly should?: readonly Clause[];
  /** None may match. */
  readonly mustNot?: readonly Clause[];
  /** How many of `should` have to match: `2`, `'75%'`. */
  readonly minimumShouldMatch?: number | string;
}

export interface DisMaxOptions extends ClauseOptions {
  /** What the other clauses that match add of their scores, 0 to 1. */
  readonly tieBreaker?: number;
}

export interface BoostingParts extends ClauseOptions {
  /** Has to match. */
  readonly positive: Clause;
  /** Lowers the score of what it matches too. */
  readonly negative: Clause;
  /** Multiplies those scores, 0 to 1. */
  readonly negativeBoost: number;
}

export type CompoundNode =
  | Readonly<{ kind: 'bool'; parts: BoolParts }>
  | Readonly<{ kind: 'matchAll' | 'matchNone'; options: ClauseOptions | undefined }>
  | Readonly<{ kind: 'constantScore'; filter: Clause; options: ClauseOptions | undefined }>
  | Readonly<{ kind: 'disMax'; queries: readonly Clause[]; options: DisMaxOptions | undefined }>
  | Readonly<{ kind: 'boosting'; parts: BoostingParts }>;

export interface CompoundClauses {
  bool(parts: BoolParts): CompoundNode;
  matchAll(options?: ClauseOptions): CompoundNode;
  matchNone(options?: ClauseOptions): CompoundNode;
  /** Every document that matches scores `boost`. */
  constantScore(filter: Clause, options?: ClauseOptions): CompoundNode;
  /** Any may match; the best one gives the score. */
  disMax(queries: readonly Clause[], options?: DisMaxOptions): CompoundNode;
  boosting(parts: BoostingParts): CompoundNode;
}

export const compound = {
  bool: (parts: BoolParts): CompoundNode => frozenCopy({ kind: 'bool', parts }),
  matchAll: (options?: ClauseOptions): CompoundNode => frozenCopy({ kind: 'matchAll', options }),
  matchNone: (options?: ClauseOptions): CompoundNode => frozenCopy({ kind: 'matchNone', options }),
  constantScore: (filter: Clause, options?: ClauseOptions): CompoundNode =>
    frozenCopy({ kind: 'constantScore', filter, options }),
  disMax: (queries: readonly Clause[], options?: DisMaxOptions): CompoundNode =>
    frozenCopy({ kind: 'disMax', queries, options }),
  boosting: (parts: BoostingParts): CompoundNode => frozenCopy({ kind: 'boosting', parts }),
};

export const compoundCompilers: Compilers<CompoundNode> = {
  bool: ({ parts }, context) => ({ bool: compileBool(parts, context) }),
  matchAll: ({ options }) => ({ match_all: clauseOptions(options) }),
  matchNone: ({ options }) => ({ match_none: clauseOptions(options) }),
  constantScore: ({ filter, options }, context) => ({
    constant_score: { filter: context.clause(filter), ...clauseOptions(options) },
  }),
  disMax: ({ queries, options }, context) => {
    if (queries.length === 0)
      throw new SearchQueryError('disMax', 'disMax needs at least one query (got none)', queries);
    return { dis_max: { queries: queries.map((clause) => context.clause(clause)), ...clauseOptions(options) } };
  },
  boosting: ({ parts: { positive, negative, ...options } }, context) => ({
    boosting: { positive: context.clause(positive), negative: context.clause(negative), ...clauseOptions(options) },
  }),
};

function compileBool({ must, filter, should, mustNot, ...options }: BoolParts, context: CompileContext): Wire {
  const clauses = (given: readonly Clause[]): Wire[] => given.map((clause) => context.clause(clause));
  return {
    ...(must?.length ? { must: clauses(must) } : {}),
    ...(filter?.length ? { filter: clauses(filter) } : {}),
    ...(should?.length ? { should: clauses(should) } : {}),
    ...(mustNot?.length ? { must_not: clauses(mustNot) } : {}),
    ...clauseOptions(options),
  };
}
