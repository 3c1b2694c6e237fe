import { compound, compoundCompilers, type CompoundClauses, type CompoundNode } from './compound.js';
import type { CompileContext, Compilers } from './compile-context.js';
import type { Wire } from '../wire-value.js';
import { fullText, fullTextCompilers, type FullTextClauses, type FullTextNode } from './full-text.js';
import { raw, rawCompilers, type RawClauses, type RawNode } from './raw.js';
import { termLevel, termLevelCompilers, type TermLevelClauses, type TermLevelNode } from './term-level.js';

// A new family of clauses is one file beside this one, and its four names here.

/** Any part of a query. */
export type Clause = FullTextNode | TermLevelNode | CompoundNode | RawNode;

/** Makes clauses whose fields and values are checked against the entity `T`. */
export interface ClauseBuilder<T> extends FullTextClauses<T>, TermLevelClauses<T>, CompoundClauses, RawClauses {}

export function clauseBuilder<T>(): ClauseBuilder<T> {
  return BUILDER;
}

const BUILDER = Object.freeze({ ...fullText, ...termLevel, ...compound, ...raw });
const COMPILERS: Compilers<Clause> = { ...fullTextCompilers, ...termLevelCompilers, ...compoundCompilers, ...rawCompilers };

export function compileClause(clause: Clause, context: CompileContext): Wire {
  const compile = COMPILERS[clause.kind] as (node: Clause, context: CompileContext) => Wire;
  return compile(clause, context);
}
