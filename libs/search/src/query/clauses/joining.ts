import type { FieldPath } from '../field-path.js';
import { frozenCopy } from '../freeze.js';
import { wireOptions, wireText, type Wire } from '../wire-value.js';
import type { Clause } from './clause.js';
import type { Compilers } from './compile-context.js';
import { clauseOptions, type ClauseOptions } from './full-text.js';

/** What a nested field is made from: a relation, embeddables or JSON. */
export type NestedValue = object & { readonly getTime?: never; readonly byteLength?: never };

/** Brings the elements or documents that matched with each hit: `hit.innerHits[name]`. */
export interface InnerHitsOptions {
  /** The nested path or the type when absent; two of one name are refused by the engine. */
  readonly name?: string;
  readonly from?: number;
  /** 3 when absent. */
  readonly size?: number;
}

export interface JoinOptions extends ClauseOptions {
  readonly innerHits?: true | InnerHitsOptions;
  readonly ignoreUnmapped?: boolean;
}

export interface NestedOptions extends JoinOptions {
  /** How the scores of elements that match become the document's; `avg` when absent. */
  readonly scoreMode?: 'avg' | 'max' | 'min' | 'sum' | 'none';
}

export interface HasChildOptions extends JoinOptions {
  readonly scoreMode?: 'avg' | 'max' | 'min' | 'sum' | 'none';
  readonly minChildren?: number;
  readonly maxChildren?: number;
}

export interface HasParentOptions extends JoinOptions {
  /** Whether the parent's score is the child's. */
  readonly score?: boolean;
}

export type JoiningNode =
  | Readonly<{ kind: 'nested'; path: string; query: Clause; options: NestedOptions }>
  | Readonly<{ kind: 'hasChild'; type: string; query: Clause; options: HasChildOptions }>
  | Readonly<{ kind: 'hasParent'; type: string; query: Clause; options: HasParentOptions }>
  | Readonly<{ kind: 'parentId'; type: string; id: string; options: ClauseOptions }>;

export interface JoiningClauses<T> {
  /** Documents with an element of a nested field for which all of `query` holds. Paths inside stay whole: `comments.author`. */
  nested<P extends string>(path: FieldPath<T, P, NestedValue>, query: Clause, options?: NestedOptions): JoiningNode;
  /** Parents of children of a `join` field's `type` that match. */
  hasChild(type: string, query: Clause, options?: HasChildOptions): JoiningNode;
  /** Children whose parent of this `type` matches. */
  hasParent(type: string, query: Clause, options?: HasParentOptions): JoiningNode;
  /** Children of one parent. */
  parentId(type: string, id: string, options?: ClauseOptions): JoiningNode;
}

export const joining = {
  nested: (path: string, query: Clause, options: NestedOptions = {}): JoiningNode =>
    frozenCopy({ kind: 'nested', path, query, options }),
  hasChild: (type: string, query: Clause, options: HasChildOptions = {}): JoiningNode =>
    frozenCopy({ kind: 'hasChild', type, query, options }),
  hasParent: (type: string, query: Clause, options: HasParentOptions = {}): JoiningNode =>
    frozenCopy({ kind: 'hasParent', type, query, options }),
  parentId: (type: string, id: string, options: ClauseOptions = {}): JoiningNode =>
    frozenCopy({ kind: 'parentId', type, id, options }),
};

export const joiningCompilers: Compilers<JoiningNode> = {
  nested: ({ path, query, options }, context) => ({
    nested: { path: context.field(path, 'nested'), query: context.inside(path).clause(query), ...joinOptions(options) },
  }),
  hasChild: ({ type, query, options }, context) => ({
    has_child: { type: wireText(type, 'hasChild'), query: context.clause(query), ...joinOptions(options) },
  }),
  hasParent: ({ type, query, options }, context) => ({
    has_parent: { parent_type: wireText(type, 'hasParent'), query: context.clause(query), ...joinOptions(options) },
  }),
  parentId: ({ type, id, options }) => ({
    parent_id: { type: wireText(type, 'parentId'), id: wireText(id, 'parentId'), ...clauseOptions(options) },
  }),
};

function joinOptions({ innerHits, ...options }: JoinOptions): Wire {
  return {
    ...clauseOptions(options),
    ...(innerHits ? { inner_hits: innerHits === true ? {} : wireOptions(innerHits) } : {}),
  };
}
