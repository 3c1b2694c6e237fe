import { freezeNode } from '../freeze.js';
import type { Clause } from './clause.js';
import type { CompileContext, Compilers } from './compile-context.js';
import type { Wire } from '../wire-value.js';

export interface BoolParts {
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

export type CompoundNode = Readonly<{ kind: 'bool'; parts: BoolParts }> | Readonly<{ kind: 'matchAll' }>;

export interface CompoundClauses {
  bool(parts: BoolParts): CompoundNode;
  matchAll(): CompoundNode;
}

const MATCH_ALL: CompoundNode = freezeNode({ kind: 'matchAll' });

export const compound = {
  bool: ({ must, filter, should, mustNot, minimumShouldMatch }: BoolParts): CompoundNode =>
    freezeNode({
      kind: 'bool',
      parts: {
        ...(must ? { must: [...must] } : {}),
        ...(filter ? { filter: [...filter] } : {}),
        ...(should ? { should: [...should] } : {}),
        ...(mustNot ? { mustNot: [...mustNot] } : {}),
        ...(minimumShouldMatch === undefined ? {} : { minimumShouldMatch }),
      },
    }),
  matchAll: (): CompoundNode => MATCH_ALL,
};

const OCCURRENCES = [['must', 'must'], ['filter', 'filter'], ['should', 'should'], ['mustNot', 'must_not']] as const;

export const compoundCompilers: Compilers<CompoundNode> = {
  bool: ({ parts }, context) => ({ bool: compileBool(parts, context) }),
  matchAll: () => ({ match_all: {} }),
};

function compileBool(parts: BoolParts, context: CompileContext): Wire {
  const given = OCCURRENCES.filter(([name]) => (parts[name]?.length ?? 0) > 0);
  return {
    ...Object.fromEntries(given.map(([name, wire]) => [wire, parts[name]!.map((clause) => context.clause(clause))])),
    ...(parts.minimumShouldMatch === undefined ? {} : { minimum_should_match: parts.minimumShouldMatch }),
  };
}
