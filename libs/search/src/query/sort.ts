import { SearchQueryError } from '../errors/query.errors.js';
import type { CompileContext } from './clauses/compile-context.js';
import type { Clause } from './clauses/clause.js';
import { wirePoint, type DistanceUnit, type GeoPoint } from './geo-point.js';
import { wireScript, type Script } from './script.js';
import { wireMissing } from './sort-missing.js';
import { wireOptions, type Wire } from './wire-value.js';

export type Direction = 'asc' | 'desc';

export interface SortOptions {
  /** `_first`, `_last` (when absent) or a value that documents without one count as; for a date a Date, its text or milliseconds. */
  readonly missing?: string | number | Date;
  /** Which of several values counts. */
  readonly mode?: 'min' | 'max' | 'avg' | 'sum' | 'median';
  /** For a field inside a nested one: only elements that match count. */
  readonly filter?: Clause;
  /** The type of the field in indices that do not have it. */
  readonly unmappedType?: string;
  readonly numericType?: 'double' | 'long' | 'date' | 'date_nanos';
}

export interface DistanceSortOptions {
  readonly direction?: Direction;
  /** Of `hit.sort`; `m` when absent. */
  readonly unit?: DistanceUnit;
  readonly mode?: 'min' | 'max' | 'avg' | 'median';
  readonly distanceType?: 'arc' | 'plane';
  readonly ignoreUnmapped?: boolean;
}

export type SortNode =
  | Readonly<{ by: 'field'; field: string; direction: Direction; options: SortOptions }>
  | Readonly<{ by: 'distance'; field: string; from: readonly GeoPoint[]; options: DistanceSortOptions }>
  | Readonly<{ by: 'script'; type: 'number' | 'string'; script: Script; direction: Direction }>;

/** Sort keys that are no fields: the score, and the order on disk, which costs nothing. */
const SORT_KEYS = ['_score', '_doc'] as const;

/** @param continued whether a later request goes on after a hit of this order */
export function compileSort(node: SortNode, context: CompileContext, continued = false): Wire {
  if (node.by === 'script')
    return { _script: { type: node.type, script: wireScript(node.script), order: node.direction } };
  if (node.by === 'distance') {
    const { direction = 'asc', ...options } = node.options;
    const nested = context.nestedOf(node.field);
    const from = node.from.map((point) => wirePoint(point, node.field));
    const field = context.inside(nested).field(node.field, 'point');
    return {
      _geo_distance: {
        [field]: from,
        order: direction,
        ...wireOptions(options),
        ...(nested === undefined ? {} : { nested: { path: nested } }),
      },
    };
  }
  if ((SORT_KEYS as readonly string[]).includes(node.field)) return { [node.field]: { order: node.direction } };
  if (continued) assertContinues(node.field, context);
  if (continued && context.typeOf(node.field) === 'scaled_float') return scaledSort(node, context);
  const { filter, ...options } = node.options;
  const missing = wireMissing(node, context);
  const nested = context.nestedOf(node.field);
  return {
    [context.field(node.field, 'sort')]: {
      order: node.direction,
      ...wireOptions({ ...options, missing: undefined }),
      ...(missing === undefined ? {} : { missing }),
      ...(nested === undefined
        ? {}
        : { nested: { path: nested, ...(filter ? { filter: context.inside(nested).clause(filter) } : {}) } }),
    },
  };
}

/** The engine sorts by it, and then accepts none of its sort values back. */
function assertContinues(field: string, context: CompileContext): void {
  if (context.typeOf(field) !== 'wildcard') return;
  throw new SearchQueryError(
    field,
    `\`${field}\` is wildcard: no stream or cursor goes on in its order; give it fields: { raw: { type: 'keyword' } } and sort by \`${field}.raw\``,
  );
}

type FieldSort = Extract<SortNode, { by: 'field' }>;

/**
 * The engine compares the values of a `scaled_float` with a sort value before it is scaled, and loses hits or brings them
 * twice. A script compares the numbers themselves; as any sort, it uses the least of several for `asc`, else the greatest.
 */
function scaledSort({ field, direction, options }: FieldSort, context: CompileContext): Wire {
  const { missing = '_last', mode } = options;
  const sense = mode ?? (direction === 'asc' ? 'min' : 'max');
  if (context.nestedOf(field) !== undefined || (sense !== 'min' && sense !== 'max'))
    throw new SearchQueryError(
      field,
      `\`${field}\` is scaled_float: a stream or cursor sorts by its least or greatest value, outside of nested fields; map it as double for more`,
    );
  const last = (missing === '_last') === (direction === 'asc');
  const absent = missing === '_last' || missing === '_first' ? (last ? 1 : -1) * Number.MAX_VALUE : Number(missing);
  const source = 'def v = doc[params.f]; return v.size() == 0 ? params.absent : v[params.least ? 0 : v.size() - 1]';
  return {
    _script: {
      type: 'number',
      order: direction,
      script: { source, params: { f: context.field(field, 'sort'), absent, least: sense === 'min' } },
    },
  };
}
