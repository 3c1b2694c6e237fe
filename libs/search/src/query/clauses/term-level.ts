import { SearchQueryError } from '../../errors/query.errors.js';
import { unusable } from '../unusable.js';
import type { FieldPath, ValueAt } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireText, wireValue } from '../wire-value.js';
import type { Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

/**
 * What a field accepts as a value: dates also as date maths (`now-1d/d`), bigints also as digits. A string may be what
 * the ORM makes of a decimal or a bigint, so numbers go with it; the mapping judges them.
 */
export type QueryValue<V> = V extends Date
  ? Date | string
  : V extends bigint
    ? bigint | number | string
    : V extends Uint8Array
      ? string
      : V extends string
        ? string extends V
          ? string | number | bigint
          : V
        : V;

/** `gt` and `lt` leave out the bound itself. */
export interface RangeBounds<V> {
  readonly gt?: V;
  readonly gte?: V;
  readonly lt?: V;
  readonly lte?: V;
}

export interface RangeOptions extends ClauseOptions {
  /** How the bounds of a date range are written. */
  readonly format?: string;
  readonly timeZone?: string;
  /** How the ranges of a range field stand to this one. */
  readonly relation?: 'intersects' | 'contains' | 'within';
}

export interface TermOptions extends ClauseOptions {
  readonly caseInsensitive?: boolean;
}

/** A document whose field holds the values to look for. */
export interface TermsLookup {
  /** The name of an index or alias in the engine, with its prefix. */
  readonly index: string;
  readonly id: string;
  /** The field of that document. */
  readonly path: string;
  readonly routing?: string;
}

export type TermLevelNode =
  | Readonly<{ kind: 'term'; field: string; value: unknown; options: TermOptions | undefined }>
  | Readonly<{ kind: 'terms'; field: string; values: readonly unknown[]; options: ClauseOptions | undefined }>
  | Readonly<{ kind: 'termsLookup'; field: string; lookup: TermsLookup; options: ClauseOptions | undefined }>
  | Readonly<{ kind: 'range'; field: string; bounds: RangeBounds<unknown>; options: RangeOptions | undefined }>
  | Readonly<{ kind: 'exists'; field: string; options: ClauseOptions | undefined }>
  | Readonly<{ kind: 'ids'; values: readonly (string | number | bigint)[]; options: ClauseOptions | undefined }>;

export type Exact = string | number | boolean | bigint | Date;
export type Ordered = string | number | bigint | Date;

/** What a range field is made from: `{ gte: 1, lt: 5 }`. */
export type RangeValue = RangeBounds<Ordered>;

/** A value of a field, or a value between the bounds of a range field. */
export type BoundOf<V> = V extends Ordered | boolean | Uint8Array
  ? QueryValue<V>
  : V extends RangeBounds<infer B>
    ? QueryValue<NonNullable<B>>
    : never;

export interface TermLevelClauses<T> {
  /** Finds exactly this value. Not for text, whose words are analysed: use `match`, or a keyword sub-field. */
  term<P extends string>(
    field: FieldPath<T, P, Exact | RangeValue>,
    value: ValueAt<T, P> extends Exact ? QueryValue<ValueAt<T, P>> : BoundOf<ValueAt<T, P>>,
    options?: TermOptions,
  ): TermLevelNode;
  /** Finds any of these values: 1 to 65,536 of them. */
  terms<P extends string>(
    field: FieldPath<T, P, Exact>,
    values: readonly QueryValue<ValueAt<T, P>>[],
    options?: ClauseOptions,
  ): TermLevelNode;
  /** Finds any of the values that a field of another document holds. */
  termsLookup<P extends string>(
    field: FieldPath<T, P, Exact>,
    lookup: TermsLookup,
    options?: ClauseOptions,
  ): TermLevelNode;
  range<P extends string>(
    field: FieldPath<T, P, Ordered | RangeValue>,
    bounds: RangeBounds<BoundOf<ValueAt<T, P>>>,
    options?: RangeOptions,
  ): TermLevelNode;
  /** Finds documents where the field has a value. */
  exists<P extends string>(field: FieldPath<T, P>, options?: ClauseOptions): TermLevelNode;
  /** Finds documents by their ids. */
  ids(values: readonly (string | number | bigint)[], options?: ClauseOptions): TermLevelNode;
}

export const termLevel = {
  term: (field: string, value: unknown, options?: TermOptions): TermLevelNode =>
    frozenCopy({ kind: 'term', field, value, options }),
  terms: (field: string, values: readonly unknown[], options?: ClauseOptions): TermLevelNode =>
    frozenCopy({ kind: 'terms', field, values, options }),
  termsLookup: (field: string, lookup: TermsLookup, options?: ClauseOptions): TermLevelNode =>
    frozenCopy({ kind: 'termsLookup', field, lookup, options }),
  range: (field: string, bounds: RangeBounds<unknown>, options?: RangeOptions): TermLevelNode =>
    frozenCopy({ kind: 'range', field, bounds, options }),
  exists: (field: string, options?: ClauseOptions): TermLevelNode => frozenCopy({ kind: 'exists', field, options }),
  ids: (values: readonly (string | number | bigint)[], options?: ClauseOptions): TermLevelNode =>
    frozenCopy({ kind: 'ids', values, options }),
};

/** `index.max_terms_count` of OpenSearch. */
const MAX_TERMS = 65_536;
const BOUNDS = ['gt', 'gte', 'lt', 'lte'] as const;

export const termLevelCompilers: Compilers<TermLevelNode> = {
  term: ({ field, value, options }, context) => ({
    term: { [context.field(field, 'exact')]: { value: wireValue(value, field), ...clauseOptions(options) } },
  }),
  terms: ({ field, values, options }, context) => ({
    terms: {
      [context.field(field, 'exact')]: valuesOf(`terms on \`${field}\``, field, values),
      ...clauseOptions(options),
    },
  }),
  termsLookup: ({ field, lookup, options }, context) => {
    for (const part of ['index', 'id', 'path'] as const) wireText(lookup[part], `${field}: lookup.${part}`);
    return { terms: { [context.field(field, 'exact')]: wireOptions(lookup), ...clauseOptions(options) } };
  },
  range: ({ field, bounds, options }, context) => {
    const given = BOUNDS.filter((bound) => bounds[bound] !== undefined);
    if (given.length === 0)
      throw new SearchQueryError(
        field,
        `range on \`${field}\` needs at least one of gt, gte, lt, lte (got none)`,
        bounds,
      );
    const values = Object.fromEntries(given.map((bound) => [bound, wireValue(bounds[bound], field)]));
    return { range: { [context.field(field, 'range')]: { ...values, ...clauseOptions(options) } } };
  },
  exists: ({ field, options }, context) => ({
    exists: { field: context.field(field, 'exists'), ...clauseOptions(options) },
  }),
  ids: ({ values, options }) => ({
    ids: { values: valuesOf('ids', 'ids', values).map(String), ...clauseOptions(options) },
  }),
};

function valuesOf(clause: string, subject: string, values: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(values)) throw unusable(subject, `${clause} needs a list of values`, values);
  if (values.length > 0 && values.length <= MAX_TERMS) return values.map((value) => wireValue(value, subject));
  const remedy = values.length === 0 ? '' : ': split them, or keep them in a document and use termsLookup';
  throw new SearchQueryError(
    subject,
    `${clause} needs 1 to ${MAX_TERMS} values (got ${values.length})${remedy}`,
    values.length,
  );
}
