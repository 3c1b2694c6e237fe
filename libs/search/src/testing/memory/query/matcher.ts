import type { MemoryAnalysis } from '../analysis.js';
import type { MemoryField, MemoryFields } from '../field.js';
import type { IndexedDocument } from '../indexed-document.js';

/** A document, or an element of a nested field, with the names of the document that it belongs to. */
export interface Candidate {
  readonly id: string;
  readonly document: IndexedDocument;
}

/** A score, or `undefined` for what does not match. Scores count clauses and words: they are not those of a real engine. */
export type Matcher = (candidate: Candidate) => number | undefined;

export interface QueryContext {
  readonly fields: MemoryFields;
  readonly analysis: MemoryAnalysis;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The nested field that the query is inside of. */
  readonly nested: string | undefined;
  /** Collects clauses with a name. */
  readonly named: Map<string, Matcher>;
  compile(query: unknown, context: QueryContext): Matcher;
}

export const NEVER: Matcher = () => undefined;

export function when(matches: (candidate: Candidate) => boolean, score = 1): Matcher {
  return (candidate) => (matches(candidate) ? score : undefined);
}

/** A field that values are looked for in: one of another nested field has none here. */
export function fieldHere({ fields, nested }: QueryContext, path: string): MemoryField | undefined {
  const field = fields.searched(path);
  return field && field.nested === nested ? field : undefined;
}
