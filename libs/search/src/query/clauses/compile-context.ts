import type { FieldType } from '../../contracts/index-body.js';
import { SearchQueryError } from '../../errors/query.errors.js';
import type { FieldCatalog } from '../field-catalog.js';
import type { FieldUse } from '../field-use.js';
import type { Wire } from '../wire-value.js';
import { compileClause, type Clause } from './clause.js';

/** What compilers of clauses and aggregations may read. */
export interface CompileContext {
  /** @throws SearchQueryError when the field is missing or cannot be used so. */
  readonly field: (path: string, use: FieldUse) => string;
  /** @throws SearchQueryError when clauses stand too deep in one another. */
  readonly clause: (clause: Clause) => Wire;
  /** The context of queries about the elements of a nested field; `undefined` leads back to the documents. */
  readonly inside: (nestedField: string | undefined) => CompileContext;
  /** The nested field whose elements are queried. */
  readonly within: string | undefined;
  /** Type of a field of the mapping; `undefined` inside a JSON field. */
  readonly typeOf: (path: string) => FieldType | undefined;
  /** `format` of the mapping of a date. */
  readonly formatOf: (path: string) => string | undefined;
  /** The innermost nested field of a path. */
  readonly nestedOf: (path: string) => string | undefined;
}

/** One compiler per kind of a family's nodes. */
export type Compilers<N extends { readonly kind: string }> = {
  readonly [K in N['kind']]: (node: Extract<N, { readonly kind: K }>, context: CompileContext) => Wire;
};

/** The engine itself counts clauses, not levels: what is deeper was made by a loop, and costs stack on both sides. */
const MAX_DEPTH = 100;

export function compileContext(catalog: FieldCatalog, within?: string, level = { depth: 0 }): CompileContext {
  const context: CompileContext = {
    field: (path, use) => catalog.require(path, use, within),
    clause: (clause) => {
      level.depth += 1;
      try {
        if (level.depth > MAX_DEPTH) {
          throw new SearchQueryError(
            clause.kind,
            `clauses stand ${MAX_DEPTH} deep in one another at most: put them beside one another in one bool`,
            level.depth,
          );
        }
        return compileClause(clause, context);
      } finally {
        level.depth -= 1;
      }
    },
    inside: (nestedField) => compileContext(catalog, nestedField, level),
    within,
    typeOf: (path) => catalog.typeOf(path)?.type,
    formatOf: (path) => catalog.formatOf(path),
    nestedOf: (path) => catalog.nestedOf(path),
  };
  return context;
}
