import type { FieldUse } from '../field-use.js';
import type { Wire } from '../wire-value.js';
import type { Clause } from './clause.js';

/** What compilers of clauses and aggregations may ask for. */
export interface CompileContext {
  /** @throws SearchQueryError when the field is missing or cannot be used so. */
  readonly field: (path: string, use: FieldUse) => string;
  readonly clause: (clause: Clause) => Wire;
}

/** One compiler per kind of a family's nodes. */
export type Compilers<N extends { readonly kind: string }> = {
  readonly [K in N['kind']]: (node: Extract<N, { readonly kind: K }>, context: CompileContext) => Wire;
};
