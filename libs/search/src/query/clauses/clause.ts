import { unusable } from '../unusable.js';
import type { Wire } from '../wire-value.js';
import type { CompileContext, Compilers } from './compile-context.js';
import { compound, compoundCompilers, type CompoundClauses, type CompoundNode } from './compound.js';
import { fullText, fullTextCompilers, type FullTextClauses, type FullTextNode } from './full-text.js';
import { geo, geoCompilers, type GeoClauses, type GeoNode } from './geo.js';
import { intervals, intervalsCompilers, type IntervalsClauses, type IntervalsNode } from './intervals.js';
import { joining, joiningCompilers, type JoiningClauses, type JoiningNode } from './joining.js';
import { likeness, likenessCompilers, type LikenessClauses, type LikenessNode } from './likeness.js';
import { patternCompilers, patterns, type PatternClauses, type PatternNode } from './patterns.js';
import { queryStringCompilers, queryStrings, type QueryStringClauses, type QueryStringNode } from './query-string.js';
import { raw, rawCompilers, type RawClauses, type RawNode } from './raw.js';
import { scoring, scoringCompilers, type ScoringClauses, type ScoringNode } from './scoring.js';
import { termLevel, termLevelCompilers, type TermLevelClauses, type TermLevelNode } from './term-level.js';

// A new family of clauses is one file beside this one, and its four names here.

/** Any part of a query. */
export type Clause =
  | FullTextNode
  | QueryStringNode
  | TermLevelNode
  | PatternNode
  | GeoNode
  | LikenessNode
  | IntervalsNode
  | CompoundNode
  | ScoringNode
  | JoiningNode
  | RawNode;

/** Makes clauses whose fields and values are checked against the entity `T`. */
export interface ClauseBuilder<T>
  extends
    FullTextClauses<T>,
    QueryStringClauses<T>,
    TermLevelClauses<T>,
    PatternClauses<T>,
    GeoClauses<T>,
    LikenessClauses<T>,
    IntervalsClauses<T>,
    CompoundClauses,
    ScoringClauses<T>,
    JoiningClauses<T>,
    RawClauses {}

export function clauseBuilder<T>(): ClauseBuilder<T> {
  return BUILDER as unknown as ClauseBuilder<T>;
}

const BUILDER = Object.freeze({
  ...fullText,
  ...queryStrings,
  ...termLevel,
  ...patterns,
  ...geo,
  ...likeness,
  ...intervals,
  ...compound,
  ...scoring,
  ...joining,
  ...raw,
});
const COMPILERS: Compilers<Clause> = {
  ...fullTextCompilers,
  ...queryStringCompilers,
  ...termLevelCompilers,
  ...patternCompilers,
  ...geoCompilers,
  ...likenessCompilers,
  ...intervalsCompilers,
  ...compoundCompilers,
  ...scoringCompilers,
  ...joiningCompilers,
  ...rawCompilers,
};

export function compileClause(clause: Clause, context: CompileContext): Wire {
  const kind: unknown = clause?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(COMPILERS, kind))
    throw unusable(
      'clause',
      'a clause is made by the builder, as in q.match(…); a body of your own goes into q.raw(…)',
      clause,
    );
  const compile = COMPILERS[clause.kind] as (node: Clause, context: CompileContext) => Wire;
  return compile(clause, context);
}
