import { SearchQueryError } from '../../errors/query.errors.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { freezeNode } from '../freeze.js';
import { wireOptions, wireValue } from '../wire-value.js';
import type { Compilers } from './compile-context.js';

/** What a field takes as a value: dates also as date maths (`now-1d/d`), bigints also as digits. */
export type QueryValue<V> = V extends Date ? Date | string : V extends bigint ? bigint | number | string : V extends Uint8Array ? string : V;

/** `gt` and `lt` leave out the bound itself. */
export interface RangeBounds<V> {
  readonly gt?: V;
  readonly gte?: V;
  readonly lt?: V;
  readonly lte?: V;
}

export interface RangeOptions {
  /** How the bounds of a date range are written. */
  readonly format?: string;
  readonly timeZone?: string;
  readonly boost?: number;
}

export interface TermOptions {
  readonly boost?: number;
  readonly caseInsensitive?: boolean;
}

export type TermLevelNode =
  | Readonly<{ kind: 'term'; field: string; value: unknown; options: TermOptions }>
  | Readonly<{ kind: 'terms'; field: string; values: readonly unknown[] }>
  | Readonly<{ kind: 'range'; field: string; bounds: RangeBounds<unknown>; options: RangeOptions }>
  | Readonly<{ kind: 'exists'; field: string }>;

type Exact = string | number | boolean | bigint | Date;
type Ordered = string | number | bigint | Date;

export interface TermLevelClauses<T> {
  /** Finds exactly this value. Not for text, whose words are analysed: use `match`, or a keyword sub-field. */
  term<P extends string>(field: FieldPath<T, P, Exact>, value: QueryValue<ValueAt<T, P>>, options?: TermOptions): TermLevelNode;
  /** Finds any of these values: 1 to 65,536 of them. */
  terms<P extends string>(field: FieldPath<T, P, Exact>, values: readonly QueryValue<ValueAt<T, P>>[]): TermLevelNode;
  range<P extends string>(field: FieldPath<T, P, Ordered>, bounds: RangeBounds<QueryValue<ValueAt<T, P>>>, options?: RangeOptions): TermLevelNode;
  /** Finds documents where the field has a value. */
  exists<P extends string>(field: FieldPath<T, P>): TermLevelNode;
}

export const termLevel = {
  term: (field: string, value: unknown, options: TermOptions = {}): TermLevelNode => freezeNode({ kind: 'term', field, value, options: { ...options } }),
  terms: (field: string, values: readonly unknown[]): TermLevelNode => freezeNode({ kind: 'terms', field, values: [...values] }),
  range: (field: string, bounds: RangeBounds<unknown>, options: RangeOptions = {}): TermLevelNode =>
    freezeNode({ kind: 'range', field, bounds: { ...bounds }, options: { ...options } }),
  exists: (field: string): TermLevelNode => freezeNode({ kind: 'exists', field }),
};

/** `index.max_terms_count` of OpenSearch. */
const MAX_TERMS = 65_536;
const BOUNDS = ['gt', 'gte', 'lt', 'lte'] as const;

export const termLevelCompilers: Compilers<TermLevelNode> = {
  term: ({ field, value, options }, context) => ({
    term: { [context.field(field, 'exact')]: { value: wireValue(value, field), ...wireOptions(options) } },
  }),
  terms: ({ field, values }, context) => {
    if (values.length === 0 || values.length > MAX_TERMS) {
      throw new SearchQueryError(field, `terms on \`${field}\` needs 1 to ${MAX_TERMS} values (got ${values.length})`);
    }
    return { terms: { [context.field(field, 'exact')]: values.map((value) => wireValue(value, field)) } };
  },
  range: ({ field, bounds, options }, context) => {
    const given = BOUNDS.filter((bound) => bounds[bound] !== undefined);
    if (given.length === 0) throw new SearchQueryError(field, `range on \`${field}\` needs at least one of gt, gte, lt, lte (got none)`);
    const values = Object.fromEntries(given.map((bound) => [bound, wireValue(bounds[bound], field)]));
    return { range: { [context.field(field, 'range')]: { ...values, ...wireOptions(options) } } };
  },
  exists: ({ field }, context) => ({ exists: { field: context.field(field, 'exists') } }),
};
