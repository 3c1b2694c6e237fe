import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireText, type Wire } from '../wire-value.js';
import type { Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions, type Fuzziness } from './full-text.js';

/** Which words stand where: words, or rules in an order or within a distance. */
export type IntervalRule =
  | Readonly<{ rule: 'match'; text: string; options: IntervalMatchOptions }>
  | Readonly<{ rule: 'prefix' | 'wildcard' | 'regexp' | 'fuzzy'; text: string; options: IntervalPatternOptions }>
  | Readonly<{ rule: 'allOf' | 'anyOf'; intervals: readonly IntervalRule[]; options: IntervalGroupOptions }>;

export interface IntervalFilter {
  readonly filter?: Readonly<
    Partial<
      Record<
        | 'after'
        | 'before'
        | 'containedBy'
        | 'containing'
        | 'notContainedBy'
        | 'notContaining'
        | 'notOverlapping'
        | 'overlapping',
        IntervalRule
      >
    >
  >;
}

export interface IntervalGroupOptions extends IntervalFilter {
  /** Words between the parts at most; -1, the default, for any number. */
  readonly maxGaps?: number;
  readonly ordered?: boolean;
}

export interface IntervalMatchOptions extends IntervalGroupOptions {
  readonly analyzer?: string;
}

export interface IntervalPatternOptions {
  readonly analyzer?: string;
  readonly caseInsensitive?: boolean;
  readonly fuzziness?: Fuzziness;
  readonly prefixLength?: number;
}

export interface IntervalRules {
  match(text: string, options?: IntervalMatchOptions): IntervalRule;
  prefix(text: string, options?: Pick<IntervalPatternOptions, 'analyzer'>): IntervalRule;
  wildcard(text: string, options?: Pick<IntervalPatternOptions, 'analyzer' | 'caseInsensitive'>): IntervalRule;
  regexp(text: string, options?: Pick<IntervalPatternOptions, 'caseInsensitive'>): IntervalRule;
  fuzzy(text: string, options?: Omit<IntervalPatternOptions, 'caseInsensitive'>): IntervalRule;
  allOf(intervals: readonly IntervalRule[], options?: IntervalGroupOptions): IntervalRule;
  anyOf(intervals: readonly IntervalRule[], options?: IntervalFilter): IntervalRule;
}

export type IntervalsNode = Readonly<{
  kind: 'intervals';
  field: string;
  rule: IntervalRule;
  options: ClauseOptions | undefined;
}>;

export interface IntervalsClauses<T> {
  /** Words by their order and distance: `intervals('text', (i) => i.allOf([i.match('the union'), i.prefix('preserv')], { maxGaps: 5 }))`. */
  intervals<P extends string>(
    field: FieldPath<T, P, string>,
    make: (rules: IntervalRules) => IntervalRule,
    options?: ClauseOptions,
  ): IntervalsNode;
}

const pattern =
  (rule: 'prefix' | 'wildcard' | 'regexp' | 'fuzzy') =>
  (text: string, options: IntervalPatternOptions = {}): IntervalRule => ({ rule, text, options });

const RULES: IntervalRules = Object.freeze({
  match: (text, options = {}) => ({ rule: 'match', text, options }),
  prefix: pattern('prefix'),
  wildcard: pattern('wildcard'),
  regexp: pattern('regexp'),
  fuzzy: pattern('fuzzy'),
  allOf: (intervals, options = {}) => ({ rule: 'allOf', intervals, options }),
  anyOf: (intervals, options = {}) => ({ rule: 'anyOf', intervals, options }),
} satisfies IntervalRules);

export const intervals = {
  intervals: (field: string, make: (rules: IntervalRules) => IntervalRule, options?: ClauseOptions): IntervalsNode =>
    frozenCopy({ kind: 'intervals', field, rule: make(RULES), options }),
};

export const intervalsCompilers: Compilers<IntervalsNode> = {
  intervals: ({ field, rule, options }, context) => ({
    intervals: { [context.field(field, 'words')]: { ...wireRule(rule, field), ...clauseOptions(options) } },
  }),
};

/** The wire's name of the text, by rule. */
const TEXT_NAMES = { match: 'query', prefix: 'prefix', wildcard: 'pattern', regexp: 'pattern', fuzzy: 'term' } as const;

function wireRule(rule: IntervalRule, field: string): Wire {
  if ('intervals' in rule) {
    const name = rule.rule === 'allOf' ? 'all_of' : 'any_of';
    return {
      [name]: { intervals: rule.intervals.map((one) => wireRule(one, field)), ...ruleOptions(rule.options, field) },
    };
  }
  return { [rule.rule]: { [TEXT_NAMES[rule.rule]]: wireText(rule.text, field), ...ruleOptions(rule.options, field) } };
}

function ruleOptions({ filter, ...options }: IntervalFilter & IntervalPatternOptions, field: string): Wire {
  const filters = Object.entries(filter ?? {}).map(([name, rule]) => [name, wireRule(rule, field)]);
  return { ...wireOptions(options), ...(filter ? { filter: wireOptions(Object.fromEntries(filters) as object) } : {}) };
}
