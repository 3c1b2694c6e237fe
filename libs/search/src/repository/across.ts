import type { CallOptions, EngineHit, SearchEngine } from '../contracts/engine.js';
import { SearchQueryError } from '../errors/query.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { generationOf } from '../mapping/index-name.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { ResultsOf } from '../query/aggregations/aggregation.js';
import type { DocumentOf } from '../query/document-type.js';
import { assertCarried } from '../query/call-parts.js';
import { FieldCatalog } from '../query/field-catalog.js';
import { RequestCompiler } from '../query/request-compiler.js';
import type { RequestNode } from '../query/request.js';
import { decodeHitOf, decodeResponse } from '../query/response-decoder.js';
import type { Hit, SearchPage } from '../query/search-page.js';
import { SearchQuery, type NoneAsked, type QueryRunner } from '../query/search-query.js';
import type { SuggestionsOf } from '../query/suggest.js';
import type { Wire } from '../query/wire-value.js';
import type { IndexTargets } from '../indexing/index-targets.js';

/** A hit of one of several indices. */
export interface AcrossHit<Source> extends Hit<Source> {
  /** The class whose document it is. */
  readonly entity: EntityClass;
  /** Narrows hits by type: `if (hit.is(Passage)) hit.source.text`. */
  is<E extends object>(entity: EntityClass<E>): this is AcrossHit<DocumentOf<E>>;
}

/** The answer to a search over several indices. */
export type AcrossPage<Source, Results, Suggested = NoneAsked> = Omit<
  SearchPage<Source, Results, Suggested>,
  'hits'
> & {
  readonly hits: readonly AcrossHit<Source>[];
};

/** Searches over the documents of several entities, `T` being any of them. */
export class SearchAcross<T extends object> {
  private readonly runner: AcrossRunner;

  /** @internal The library makes it. */
  constructor(definitions: readonly IndexDefinition[], engine: SearchEngine, targets: IndexTargets) {
    this.runner = new AcrossRunner(definitions, engine, targets);
  }

  /** Only fields that all of the entities have can be named. @throws SearchQueryError */
  async search<A, S, G>(
    make: (query: SearchQuery<T>) => SearchQuery<T, A, S, G>,
    options?: CallOptions,
  ): Promise<AcrossPage<S, ResultsOf<A>, SuggestionsOf<G>>> {
    const query = make(new SearchQuery<T>(this.runner));
    assertCarried('across', query.request);
    return (await query.search(options)) as unknown as AcrossPage<S, ResultsOf<A>, SuggestionsOf<G>>;
  }

  async count(
    make: (query: SearchQuery<T>) => SearchQuery<T, NoneAsked, unknown, NoneAsked> = (query) => query,
    options?: CallOptions,
  ): Promise<number> {
    return make(new SearchQuery<T>(this.runner)).count(options);
  }
}

/** Answers queries over several indices at once. A field has to be in all of them, used alike. */
class AcrossRunner implements QueryRunner {
  private readonly indices: readonly {
    readonly definition: IndexDefinition;
    readonly catalog: FieldCatalog;
    readonly compiler: RequestCompiler;
  }[];

  constructor(
    definitions: readonly IndexDefinition[],
    private readonly engine: SearchEngine,
    private readonly targets: IndexTargets,
  ) {
    this.indices = definitions.map((definition) => {
      const catalog = new FieldCatalog(definition);
      return { definition, catalog, compiler: new RequestCompiler(catalog) };
    });
  }

  compile(request: RequestNode): Wire {
    return this.same(this.indices.map(({ compiler }) => compiler.search(request)));
  }

  async search(request: RequestNode, options?: CallOptions): Promise<SearchPage<never, never>> {
    const body = this.compile(request);
    const parameters = this.indices[0]!.compiler.parameters(request);
    const response = await this.engine.search({ index: await this.names(), body, parameters }, options);
    const page = decodeResponse(request, response, this.indices[0]!.catalog);
    return {
      ...page,
      hits: response.hits.hits.map((hit) => this.hitOf(request, hit)),
    } as unknown as SearchPage<never, never>;
  }

  async count(request: RequestNode, options?: CallOptions): Promise<number> {
    const body = this.same(this.indices.map(({ compiler }) => compiler.count(request)));
    const parameters = this.indices[0]!.compiler.countParameters(request);
    return this.engine.count({ index: await this.names(), body, parameters }, options);
  }

  private async names(): Promise<string> {
    await Promise.all(this.indices.map(({ definition }) => this.targets.ready(definition)));
    return this.indices.map(({ definition }) => definition.alias).join(',');
  }

  private hitOf(request: RequestNode, hit: EngineHit): AcrossHit<unknown> {
    const { _index } = hit;
    const { definition, catalog } = this.indices.find(
      ({ definition: { alias } }) => generationOf(alias, _index) !== undefined || _index === alias,
    )!;
    const { entity } = definition.model;
    return {
      ...decodeHitOf(request, hit, catalog),
      entity,
      is: ((other: EntityClass) => other === entity) as AcrossHit<unknown>['is'],
    };
  }

  private same(bodies: readonly Wire[]): Wire {
    const [first] = bodies;
    const differing = bodies.findIndex((body) => JSON.stringify(body) !== JSON.stringify(first));
    if (differing < 0) return first!;
    const [a, b] = [0, differing].map((at) => this.indices[at]!.definition.model.entity.name);
    throw new SearchQueryError(
      'across',
      `the query means different requests for ${a} and ${b}: use fields that both map alike`,
    );
  }
}
