import type { Clause } from './clauses/clause.js';
import type { CompileContext } from './clauses/compile-context.js';
import { wholeNumber, wireOptions, type Wire } from './wire-value.js';

export interface HighlightOptions {
  /** `<em>` when absent. */
  readonly preTag?: string;
  readonly postTag?: string;
  /** Letters of a passage; 0 gives the whole field. */
  readonly fragmentSize?: number;
  /** Passages at most. */
  readonly fragments?: number;
  /** `unified` when absent; `fvh` needs term vectors. */
  readonly type?: 'unified' | 'plain' | 'fvh';
  /** The best passages first, instead of in the order of the text. */
  readonly order?: 'score';
  /** Letters to show of a text without any of the words. */
  readonly noMatchSize?: number;
  /** Whether only words that were searched for in this field are marked; true when absent. */
  readonly requireFieldMatch?: boolean;
  /** Marks the words of this clause instead of the query's. */
  readonly query?: Clause;
  /** Fields whose marks are put into this one. */
  readonly matchedFields?: readonly string[];
  readonly boundaryScanner?: 'chars' | 'sentence' | 'word';
  readonly boundaryScannerLocale?: string;
}

export interface HighlightNode {
  readonly field: string;
  readonly options: HighlightOptions;
}

/** `html` escapes the text around the marks, for all fields of a request. */
export type HighlightEncoder = 'default' | 'html';

export function compileHighlight(
  nodes: readonly HighlightNode[],
  encoder: HighlightEncoder | undefined,
  context: CompileContext,
): Wire {
  const fields = nodes.map(
    ({ field, options }) => [context.field(field, 'highlight'), wireHighlight(options, context)] as const,
  );
  return { fields: Object.fromEntries(fields), ...(encoder ? { encoder } : {}) };
}

function wireHighlight(
  { preTag, postTag, fragmentSize, fragments, query, ...options }: HighlightOptions,
  context: CompileContext,
): Wire {
  return {
    ...(preTag === undefined ? {} : { pre_tags: [preTag] }),
    ...(postTag === undefined ? {} : { post_tags: [postTag] }),
    ...(fragmentSize ? { fragment_size: wholeNumber(fragmentSize, 1, 'fragmentSize') } : {}),
    ...(fragmentSize === 0 ? { number_of_fragments: 0 } : {}),
    ...(fragments === undefined ? {} : { number_of_fragments: wholeNumber(fragments, 0, 'fragments') }),
    ...(query ? { highlight_query: context.clause(query) } : {}),
    ...wireOptions(options),
  };
}
