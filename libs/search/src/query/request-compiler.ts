import { SearchQueryError } from '../errors/query.errors.js';
import { shown } from '../errors/search-error.js';
import { compileAggregations } from './aggregations/aggregation.js';
import { compileClause } from './clauses/clause.js';
import { compound } from './clauses/compound.js';
import type { CompileContext } from './clauses/compile-context.js';
import type { Wire } from './wire-value.js';
import type { FieldCatalog } from './field-catalog.js';
import type { HighlightNode, HighlightOptions, RequestNode, SortNode } from './request.js';

/** `index.max_result_window` of OpenSearch. */
const MAX_WINDOW = 10_000;

/** Turns requests into bodies of OpenSearch, and refuses what the index cannot answer. */
export class RequestCompiler {
  private readonly context: CompileContext;

  constructor(catalog: FieldCatalog) {
    this.context = {
      field: (path, use) => catalog.require(path, use),
      clause: (clause) => compileClause(clause, this.context),
    };
  }

  /** The body of `_search`. @throws SearchQueryError */
  search(request: RequestNode): Wire {
    const { sort, highlight, aggregations, page, raw } = request;
    return {
      query: this.query(request),
      ...pageBody(page),
      track_total_hits: true,
      ...(sort.length > 0 ? { sort: sort.map((node) => this.sort(node)) } : {}),
      ...(highlight.length > 0 ? { highlight: this.highlight(highlight) } : {}),
      ...(Object.keys(aggregations).length > 0 ? { aggs: compileAggregations(aggregations, this.context.field) } : {}),
      ...raw,
    };
  }

  /** The body of `_count`: the query alone. @throws SearchQueryError */
  count(request: RequestNode): Wire {
    return { query: this.query(request) };
  }

  private query({ parts }: RequestNode): Wire {
    return this.context.clause(Object.keys(parts).length > 0 ? compound.bool(parts) : compound.matchAll());
  }

  private sort({ field, direction, missing }: SortNode): Wire {
    const name = field === '_score' ? field : this.context.field(field, 'sort');
    return { [name]: { order: direction, ...(missing === undefined ? {} : { missing }) } };
  }

  private highlight(nodes: readonly HighlightNode[]): Wire {
    const fields = nodes.map(({ field, options }) => [this.context.field(field, 'highlight'), highlightBody(options)] as const);
    return { fields: Object.fromEntries(fields) };
  }
}

function highlightBody({ preTag, postTag, fragmentSize, fragments }: HighlightOptions): Wire {
  return {
    ...(preTag === undefined ? {} : { pre_tags: [preTag] }),
    ...(postTag === undefined ? {} : { post_tags: [postTag] }),
    ...(fragmentSize === 0 ? { number_of_fragments: 0 } : fragmentSize === undefined ? {} : { fragment_size: fragmentSize }),
    ...(fragments === undefined ? {} : { number_of_fragments: fragments }),
  };
}

function pageBody({ number, size }: RequestNode['page']): Wire {
  if (!Number.isInteger(number) || number < 1) throw new SearchQueryError('page', `page.number must be a whole number of 1 or more (got ${shown(number)})`);
  if (!Number.isInteger(size) || size < 0) throw new SearchQueryError('page', `page.size must be a whole number of 0 or more (got ${shown(size)})`);
  if (number * size > MAX_WINDOW) {
    throw new SearchQueryError('page', `page ${number} of ${size} ends at hit ${number * size}, and pages end at hit ${MAX_WINDOW}: narrow the query`);
  }
  return { from: (number - 1) * size, size };
}
