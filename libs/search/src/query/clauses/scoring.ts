import { SearchQueryError } from '../../errors/query.errors.js';
import { unusable } from '../unusable.js';
import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wirePoint, type GeoPoint } from '../geo-point.js';
import { wireScript, type Script } from '../script.js';
import { wireOptions, wireValue, type Wire } from '../wire-value.js';
import type { Clause } from './clause.js';
import type { CompileContext, Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

export interface FunctionOptions {
  /** Only documents that match get this function's score. */
  readonly filter?: Clause;
  /** Multiplies the function's score. */
  readonly weight?: number;
}

export interface FieldValueFactorOptions extends FunctionOptions {
  readonly factor?: number;
  readonly modifier?: 'none' | 'log' | 'log1p' | 'log2p' | 'ln' | 'ln1p' | 'ln2p' | 'square' | 'sqrt' | 'reciprocal';
  /** Counts for documents without a value. */
  readonly missing?: number;
}

export interface DecayShape {
  readonly origin?: number | string | Date | GeoPoint;
  /** From `origin` on, the way in which the score falls to `decay`: `10`, `'30d'`, `'5km'`. */
  readonly scale: number | string;
  /** The way in which it does not fall yet. */
  readonly offset?: number | string;
  /** Between 0 and 1; 0.5 when absent. */
  readonly decay?: number;
}

export interface DecayOptions extends FunctionOptions {
  /** Which of several values counts. */
  readonly multiValueMode?: 'min' | 'max' | 'avg' | 'sum';
}

export interface RandomOptions extends FunctionOptions {
  /** The same seed gives the same order; then `_seq_no` separates documents. */
  readonly seed?: number | string;
}

export type ScoreFunction =
  | Readonly<{ function: 'fieldValueFactor'; field: string; options: FieldValueFactorOptions }>
  | Readonly<{ function: 'gauss' | 'exp' | 'linear'; field: string; shape: DecayShape; options: DecayOptions }>
  | Readonly<{ function: 'random'; options: RandomOptions }>
  | Readonly<{ function: 'script'; script: Script; options: FunctionOptions }>
  | Readonly<{ function: 'weight'; options: FunctionOptions & { readonly weight: number } }>;

export interface ScoreFunctions<T> {
  fieldValueFactor<P extends string>(
    field: FieldPath<T, P, number | bigint>,
    options?: FieldValueFactorOptions,
  ): ScoreFunction;
  /** Scores fall with the way from `origin`. */
  decay<P extends string>(
    curve: 'gauss' | 'exp' | 'linear',
    field: FieldPath<T, P, number | bigint | Date | GeoPoint>,
    shape: DecayShape,
    options?: DecayOptions,
  ): ScoreFunction;
  random(options?: RandomOptions): ScoreFunction;
  script(script: Script, options?: FunctionOptions): ScoreFunction;
  weight(weight: number, options?: Omit<FunctionOptions, 'weight'>): ScoreFunction;
}

export interface FunctionScoreOptions extends ClauseOptions {
  /** How the functions' scores become one; `multiply` when absent. */
  readonly scoreMode?: 'multiply' | 'sum' | 'avg' | 'first' | 'max' | 'min';
  /** How that one is combined with the query's score; `multiply` when absent. */
  readonly boostMode?: 'multiply' | 'replace' | 'sum' | 'avg' | 'max' | 'min';
  readonly maxBoost?: number;
  readonly minScore?: number;
}

export interface ScriptScoreOptions extends ClauseOptions {
  readonly minScore?: number;
}

export type ScoringNode =
  | Readonly<{
      kind: 'functionScore';
      query: Clause;
      functions: readonly ScoreFunction[];
      options: FunctionScoreOptions | undefined;
    }>
  | Readonly<{ kind: 'scriptScore'; query: Clause; script: Script; options: ScriptScoreOptions | undefined }>;

export interface ScoringClauses<T> {
  /** Changes the score of what `query` finds: `functionScore(q.matchAll(), (f) => [f.fieldValueFactor('population', { modifier: 'log1p' })])`. */
  functionScore(
    query: Clause,
    make: (functions: ScoreFunctions<T>) => ScoreFunction | readonly ScoreFunction[],
    options?: FunctionScoreOptions,
  ): ScoringNode;
  /** A script gives the score; it must not be negative. */
  scriptScore(query: Clause, script: Script, options?: ScriptScoreOptions): ScoringNode;
}

const FUNCTIONS = Object.freeze({
  fieldValueFactor: (field: string, options: FieldValueFactorOptions = {}): ScoreFunction => ({
    function: 'fieldValueFactor',
    field,
    options,
  }),
  decay: (
    curve: 'gauss' | 'exp' | 'linear',
    field: string,
    shape: DecayShape,
    options: DecayOptions = {},
  ): ScoreFunction => ({ function: curve, field, shape, options }),
  random: (options: RandomOptions = {}): ScoreFunction => ({ function: 'random', options }),
  script: (script: Script, options: FunctionOptions = {}): ScoreFunction => ({ function: 'script', script, options }),
  weight: (weight: number, options: Omit<FunctionOptions, 'weight'> = {}): ScoreFunction => ({
    function: 'weight',
    options: { ...options, weight },
  }),
}) as unknown as ScoreFunctions<never>;

export const scoring = {
  functionScore: (
    query: Clause,
    make: (functions: ScoreFunctions<never>) => ScoreFunction | readonly ScoreFunction[],
    options?: FunctionScoreOptions,
  ): ScoringNode => frozenCopy({ kind: 'functionScore', query, functions: [make(FUNCTIONS)].flat(), options }),
  scriptScore: (query: Clause, script: Script, options?: ScriptScoreOptions): ScoringNode =>
    frozenCopy({ kind: 'scriptScore', query, script, options }),
};

export const scoringCompilers: Compilers<ScoringNode> = {
  functionScore: ({ query, functions, options }, context) => {
    if (functions.length === 0)
      throw new SearchQueryError('functionScore', 'functionScore needs at least one function (got none)', functions);
    return {
      function_score: {
        query: context.clause(query),
        functions: functions.map((one) => wireFunction(one, context)),
        ...clauseOptions(options),
      },
    };
  },
  scriptScore: ({ query, script, options }, context) => ({
    script_score: { query: context.clause(query), script: wireScript(script), ...clauseOptions(options) },
  }),
};

function wireFunction(one: ScoreFunction, context: CompileContext): Wire {
  const { filter, weight, ...options } = one.options;
  return {
    ...(filter ? { filter: context.clause(filter) } : {}),
    ...wireOptions({ weight }),
    ...scoreOf(one, options, context),
  };
}

function scoreOf(one: ScoreFunction, options: object, context: CompileContext): Wire {
  switch (one.function) {
    case 'fieldValueFactor':
      return { field_value_factor: { field: context.field(one.field, 'scoreNumber'), ...wireOptions(options) } };
    case 'random': {
      const seed = wireOptions(options);
      return { random_score: 'seed' in seed ? { ...seed, field: '_seq_no' } : seed };
    }
    case 'script':
      return { script_score: { script: wireScript(one.script) } };
    case 'weight':
      return {};
    default:
      return {
        [one.function]: {
          [context.field(one.field, 'decay')]: wireShape(one.shape, one.field),
          ...wireOptions(options),
        },
      };
  }
}

function wireShape({ origin, decay, ...shape }: DecayShape, field: string): Wire {
  if (decay !== undefined && !(decay > 0 && decay < 1))
    throw unusable(field, `decay on \`${field}\` must be between 0 and 1`, decay);
  const from =
    typeof origin === 'object' && !(origin instanceof Date)
      ? wirePoint(origin, field)
      : origin === undefined
        ? undefined
        : wireValue(origin, field);
  return wireOptions({ origin: from, ...shape, decay });
}
