import type {
  AliasAction, BulkOperation, BulkOutcome, CallOptions, EngineDocument, SearchEngine, SearchRequest, SearchResponse,
} from '../../contracts/engine.js';
import type { IndexBody, IndexState } from '../../contracts/index-body.js';
import { SearchEngineError } from '../../errors/engine.errors.js';
import { bulkLines, bulkOutcomes, type BulkResponse } from './bulk-wire.js';
import { OpenSearchHttp, type HttpRequest } from './http.js';
import { resolveOpenSearchOptions, type OpenSearchOptions, type ResolvedOpenSearchOptions } from './options.js';

/**
 * An engine over OpenSearch 2.19 or 3.x. It connects when it is first used; a server that is down is told by the call.
 *
 * @throws SearchOptionError
 * @example
 * SearchModule.forRoot({ engine: openSearch({ node: 'http://127.0.0.1:9200' }) })
 */
export function openSearch(options: OpenSearchOptions): SearchEngine {
  return new OpenSearchEngine(resolveOpenSearchOptions(options));
}

class OpenSearchEngine implements SearchEngine {
  readonly name: string;
  private readonly http: OpenSearchHttp;

  constructor(private readonly options: ResolvedOpenSearchOptions) {
    this.name = `opensearch ${options.nodes.map((node) => new URL(node).origin).join(', ')}`;
    this.http = new OpenSearchHttp(this.name, options);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.send({ method: 'GET', path: [] }, options);
  }

  async createIndex(index: string, body: IndexBody, options?: CallOptions): Promise<'created' | 'exists'> {
    try {
      await this.send({ method: 'PUT', path: [index], body }, options);
      return 'created';
    } catch (error) {
      if (error instanceof SearchEngineError && error.type === 'resource_already_exists_exception') return 'exists';
      throw error;
    }
  }

  async readIndices(nameOrAlias: string, options?: CallOptions): Promise<readonly IndexState[]> {
    type Answer = Record<string, { aliases: object; mappings: { _meta?: IndexState['meta'] } }>;
    const answer = await this.send<Answer>({ method: 'GET', path: [nameOrAlias], query: { ignore_unavailable: true } }, options);
    return Object.entries(answer).map(([index, { aliases, mappings }]) => ({ index, aliases: Object.keys(aliases), meta: mappings._meta ?? {} }));
  }

  async deleteIndex(index: string, options?: CallOptions): Promise<void> {
    await this.send({ method: 'DELETE', path: [index], query: { ignore_unavailable: true } }, options);
  }

  async updateAliases(actions: readonly AliasAction[], options?: CallOptions): Promise<void> {
    await this.send({ method: 'POST', path: ['_aliases'], body: { actions } }, options);
  }

  async refresh(index: string, options?: CallOptions): Promise<void> {
    await this.send({ method: 'POST', path: [index, '_refresh'] }, options);
  }

  async bulk(operations: readonly BulkOperation[], options?: CallOptions): Promise<readonly BulkOutcome[]> {
    if (operations.length === 0) return [];
    const request: HttpRequest = { method: 'POST', path: ['_bulk'], query: { require_alias: true }, lines: bulkLines(operations) };
    const response = await this.send<BulkResponse>(request, { ...options, timeoutMs: options?.timeoutMs ?? this.options.bulkTimeoutMs });
    return bulkOutcomes(operations, response);
  }

  async get(index: string, id: string, options?: CallOptions): Promise<EngineDocument | undefined> {
    type Answer = { _id: string; _version: number; _source: unknown };
    try {
      const { _id, _version, _source } = await this.send<Answer>({ method: 'GET', path: [index, '_doc', id] }, options);
      return { id: _id, version: _version, source: _source };
    } catch (error) {
      if (error instanceof SearchEngineError && error.status === 404) return undefined;
      throw error;
    }
  }

  search({ index, body, parameters }: SearchRequest, options?: CallOptions): Promise<SearchResponse> {
    // A search that some shards did not answer is an error, never a page with holes.
    return this.send({ method: 'POST', path: index === undefined ? ['_search'] : [index, '_search'], query: { ...parameters, allow_partial_search_results: false }, body }, options);
  }

  async count({ index, body, parameters }: SearchRequest, options?: CallOptions): Promise<number> {
    type Answer = { count: number; _shards: { failed: number; total: number } };
    const { count, _shards } = await this.send<Answer>({ method: 'POST', path: index === undefined ? ['_count'] : [index, '_count'], query: { ...parameters }, body }, options);
    if (_shards.failed === 0) return count;
    throw new SearchEngineError(this.name, 200, 'shard_failures', `${_shards.failed} of ${_shards.total} shards did not count`);
  }

  async openPointInTime(index: string, keepAlive: string, options?: CallOptions): Promise<string> {
    const request: HttpRequest = { method: 'POST', path: [index, '_search', 'point_in_time'], query: { keep_alive: keepAlive } };
    return (await this.send<{ pit_id: string }>(request, options)).pit_id;
  }

  async closePointInTime(id: string, options?: CallOptions): Promise<void> {
    await this.send({ method: 'DELETE', path: ['_search', 'point_in_time'], body: { pit_id: [id] } }, options);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private send<Body>(request: HttpRequest, options: CallOptions = {}): Promise<Body> {
    return this.http.send<Body>(request, { ...options, timeoutMs: options.timeoutMs ?? this.options.requestTimeoutMs });
  }
}

