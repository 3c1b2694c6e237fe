import type { CallOptions, EngineDocument, SearchEngine, EngineHit, SearchResponse } from '../contracts/engine.js';
import { SearchQueryError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { withFloats } from '../query/float-tree.js';
import { FieldCatalog } from '../query/field-catalog.js';
import { RequestCompiler } from '../query/request-compiler.js';
import type { RequestNode } from '../query/request.js';
import { decodeHitOf, decodeResponse } from '../query/response-decoder.js';
import type { EntityHit, SearchPage } from '../query/search-page.js';
import type { QueryRunner } from '../query/search-query.js';
import type { Wire } from '../query/wire-value.js';
import { assertOwnIndex } from './own-index.js';
import type { IndexTargets } from '../indexing/index-targets.js';

/** Answers the queries of one index. */
export class IndexRunner implements QueryRunner {
  private readonly catalog: FieldCatalog;
  private readonly compiler: RequestCompiler;

  constructor(
    private readonly definition: IndexDefinition,
    private readonly engine: SearchEngine,
    private readonly targets: IndexTargets,
  ) {
    this.catalog = new FieldCatalog(definition);
    this.compiler = new RequestCompiler(this.catalog);
  }

  compile(request: RequestNode): Wire {
    return this.compiler.search(request);
  }

  /** The body of a request that later ones go on from. @throws SearchQueryError */
  compileContinued(request: RequestNode): Wire {
    return this.compiler.search(request, true);
  }

  /** The query alone, as `_explain` and its kin accept it. @throws SearchQueryError */
  compileQuery(request: RequestNode): Wire {
    return this.compiler.count(request)['query'] as Wire;
  }

  /** What goes into the address. @throws SearchQueryError */
  parameters(request: RequestNode): Readonly<Record<string, string | boolean>> {
    return this.compiler.parameters(request);
  }

  decode(request: RequestNode, response: SearchResponse): SearchPage<unknown, unknown, unknown> {
    return decodeResponse(request, response, this.catalog);
  }

  async search(request: RequestNode, options?: CallOptions): Promise<SearchPage<unknown, unknown, unknown>> {
    const body = this.compiler.search(request);
    const parameters = this.compiler.parameters(request);
    const target = await this.target(request, options);
    return this.decode(request, await this.engine.search({ ...target, body, parameters }, options));
  }

  /** Where a request goes, once it is there: a point in time names its index itself. @throws SearchQueryError */
  async target(request: RequestNode, options?: CallOptions): Promise<{ readonly index?: string }> {
    const index = await this.indexOf(request, options);
    return request.pointInTime ? {} : { index };
  }

  /**
   * The index that a request is for, once it is there.
   *
   * @throws SearchQueryError for an index of another model; SearchNotFoundError
   */
  async indexOf({ inIndex, pointInTime }: RequestNode, options?: CallOptions): Promise<string> {
    await this.targets.ready(this.definition);
    if (inIndex === undefined) return this.definition.alias;
    if (pointInTime)
      throw new SearchQueryError('inIndex', 'a point in time is of the index that it was opened on: leave out inIndex');
    await assertOwnIndex(this.definition, this.engine, inIndex, options);
    return inIndex;
  }

  decodeDocument(document: EngineDocument): EngineDocument {
    return { ...document, source: withFloats(document.source, this.catalog.floats) };
  }

  decodeHit(request: RequestNode, hit: EngineHit): EntityHit<unknown> {
    return decodeHitOf(request, hit, this.catalog);
  }

  async count(request: RequestNode, options?: CallOptions): Promise<number> {
    const body = this.compiler.count(request);
    const index = await this.indexOf(request, options);
    return this.engine.count({ index, body, parameters: this.compiler.countParameters(request) }, options);
  }
}
