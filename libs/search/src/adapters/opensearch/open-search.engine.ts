import type {
  AliasAction,
  BulkOperation,
  BulkOutcome,
  CallOptions,
  DocumentOptions,
  DocumentPlace,
  EngineDocument,
  PointInTimeOptions,
  SearchEngine,
  SearchRequest,
  SearchResponse,
} from '../../contracts/engine.js';
import type { DocumentPort } from '../../contracts/document-port.js';
import type { AliasOptions, IndexBody, IndexMappings, IndexSettings, IndexState } from '../../contracts/index-body.js';
import { aliasOptions } from './alias-options.js';
import type { IndexPort } from '../../contracts/index-port.js';
import type { TaskPort } from '../../contracts/task-port.js';
import { SearchEngineError, SearchEngineUnavailableError } from '../../errors/engine.errors.js';
import { BULK_FILTER, bulkBody, bulkOutcomes, commonIndex, type BulkResponse } from './bulk-wire.js';
import {
  documentCalls,
  documentOf,
  endedOnTheServer,
  FOUND,
  routed,
  SEARCHED,
  type WireDocument,
} from './document-calls.js';
import { isAbsence } from './answer-check.js';
import { having } from './answer-shape.js';
import { OpenSearchHttp, type HttpRequest } from './http.js';
import { indexCalls } from './index-calls.js';
import { resolveOpenSearchOptions, type OpenSearchOptions, type ResolvedOpenSearchOptions } from './options.js';
import { assertAllShards, sendChange, type Send } from './send.js';
import { taskCalls } from './task-calls.js';

/**
 * An engine over OpenSearch 2.19 or 3.x. It connects when it is first used; the call reports a server that is down.
 *
 * @throws SearchOptionError
 * @example
 * SearchModule.forRoot({ engine: openSearch({ node: 'http://127.0.0.1:9200' }) })
 */
export function openSearch(options: OpenSearchOptions): SearchEngine {
  const resolved = resolveOpenSearchOptions(options);
  const engine = new OpenSearchEngine(resolved);
  const send: Send = (request, call) => engine.send(request, call);
  return Object.assign(
    engine,
    documentCalls(engine.name, send, resolved.requestTimeoutMs),
    indexCalls(engine.name, send),
    taskCalls(send),
  );
}

class OpenSearchEngine implements Omit<SearchEngine, keyof DocumentPort | keyof IndexPort | keyof TaskPort> {
  readonly name: string;
  private readonly http: OpenSearchHttp;

  constructor(private readonly options: ResolvedOpenSearchOptions) {
    this.name = `opensearch ${options.nodes.map((node) => new URL(node).origin).join(', ')}`;
    this.http = new OpenSearchHttp(this.name, options);
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.send({ method: 'GET', path: [], answer: having({ version: 'object' }) }, options);
  }

  async createIndex(index: string, body: IndexBody, options?: CallOptions): Promise<'created' | 'exists'> {
    try {
      await this.change({ method: 'PUT', path: [index], body }, options);
      return 'created';
    } catch (error) {
      if (error instanceof SearchEngineError && error.type === 'resource_already_exists_exception') return 'exists';
      throw error;
    }
  }

  async readIndices(nameOrAlias: string, options?: CallOptions): Promise<readonly IndexState[]> {
    type Aliases = Readonly<Record<string, AliasOptions>>;
    type Answer = Record<string, { aliases: Aliases; mappings: Partial<IndexMappings>; settings: IndexSettings }>;
    const answer = await this.send<Answer>(
      {
        method: 'GET',
        path: [nameOrAlias],
        query: { ignore_unavailable: true, flat_settings: true },
        answer: { mapOf: having({ aliases: 'object', mappings: 'object', settings: 'object' }) },
      },
      options,
    );
    return Object.entries(answer).map(([index, { aliases, mappings, settings }]) => ({
      index,
      aliases: Object.keys(aliases),
      ...aliasOptions(aliases),
      meta: mappings._meta ?? {},
      mappings: { dynamic: true, properties: {}, ...mappings },
      settings,
    }));
  }

  async deleteIndex(index: string, options?: CallOptions): Promise<void> {
    await this.change({ method: 'DELETE', path: [index], query: { ignore_unavailable: true } }, options);
  }

  async waitUntilReady(index: string, options?: CallOptions): Promise<void> {
    const timeoutMs = options?.timeoutMs ?? this.options.requestTimeoutMs;
    // The server gives up before we do, and then reports it.
    const query = { wait_for_status: 'yellow', timeout: `${Math.ceil(timeoutMs * 0.9)}ms` };
    const { timed_out } = await this.send<{ timed_out: boolean }>(
      { method: 'GET', path: ['_cluster', 'health', index], query, answer: having({ timed_out: 'boolean' }) },
      { ...options, timeoutMs },
    );
    if (timed_out)
      throw new SearchEngineUnavailableError(this.name, 'timeout', `${index} is not ready after ${timeoutMs} ms`);
  }

  async updateAliases(actions: readonly AliasAction[], options?: CallOptions): Promise<void> {
    await this.change({ method: 'POST', path: ['_aliases'], body: { actions } }, options);
  }

  async refresh(index: string, options?: CallOptions): Promise<void> {
    await this.send({ method: 'POST', path: [index, '_refresh'], answer: having({ _shards: 'object' }) }, options);
  }

  async bulk(operations: readonly BulkOperation[], options?: CallOptions): Promise<readonly BulkOutcome[]> {
    if (operations.length === 0) return [];
    const index = commonIndex(operations);
    const path = index === undefined ? ['_bulk'] : [index, '_bulk'];
    const request: HttpRequest = {
      method: 'POST',
      path,
      query: { require_alias: true, filter_path: BULK_FILTER },
      lines: bulkBody(operations, index),
      answer: having({ items: 'list' }),
    };
    const response = await this.send<BulkResponse>(request, {
      ...options,
      timeoutMs: options?.timeoutMs ?? this.options.bulkTimeoutMs,
    });
    return bulkOutcomes(operations, response);
  }

  async get(index: string, id: string, options?: DocumentOptions): Promise<EngineDocument | undefined> {
    try {
      return documentOf(
        await this.send<WireDocument>(
          { method: 'GET', path: [index, '_doc', id], query: routed(options), answer: FOUND },
          options,
        ),
      );
    } catch (error) {
      if (isAbsence(error, 'found')) return undefined;
      throw error;
    }
  }

  async *scanIds(index: string, pageSize: number, options?: CallOptions): AsyncGenerator<readonly DocumentPlace[]> {
    type Answer = { _scroll_id: string; hits: { hits?: { _id: string; _routing?: string }[] } };
    const body = { size: pageSize, _source: false, sort: ['_doc'] };
    let page = await this.send<Answer>(
      {
        method: 'POST',
        path: [index, '_search'],
        query: { scroll: SCROLL, allow_partial_search_results: false, filter_path: SCROLL_FILTER },
        body,
        answer: SCROLLED,
      },
      options,
    );
    try {
      // An empty list is left out by the filter.
      for (let found = page.hits.hits; found?.length; found = page.hits.hits) {
        yield found.map(({ _id, _routing }) => ({
          id: _id,
          ...(_routing === undefined ? {} : { routing: _routing }),
        }));
        page = await this.send<Answer>(
          {
            method: 'POST',
            path: ['_search', 'scroll'],
            query: { filter_path: SCROLL_FILTER },
            body: { scroll: SCROLL, scroll_id: page._scroll_id },
            answer: SCROLLED,
          },
          options,
        );
      }
    } finally {
      await this.send(
        {
          method: 'DELETE',
          path: ['_search', 'scroll'],
          body: { scroll_id: [page._scroll_id] },
          answer: 'object',
        },
        options,
      ).catch(() => undefined);
    }
  }

  async search({ index, body, parameters }: SearchRequest, options?: CallOptions): Promise<SearchResponse> {
    const timeoutMs = options?.timeoutMs ?? this.options.requestTimeoutMs;
    const path = index === undefined ? ['_search'] : [index, '_search'];
    const query = {
      ...parameters,
      ...endedOnTheServer(timeoutMs),
      // A search that some shards did not answer is an error, never a page with holes.
      ...(index === undefined ? {} : { allow_partial_search_results: false }),
    };
    const request: HttpRequest = { method: 'POST', path, query, body, answer: SEARCHED };
    return this.send<SearchResponse>(request, { ...options, timeoutMs });
  }

  /** What the next request carries as `X-Opaque-Id`. */
  opaqueId(): string | undefined {
    return this.options.opaqueId?.();
  }

  async count({ index, body, parameters }: SearchRequest, options?: CallOptions): Promise<number> {
    const path = index === undefined ? ['_count'] : [index, '_count'];
    const request: HttpRequest = {
      method: 'POST',
      path,
      query: { ...parameters },
      body,
      answer: having({ count: 'number' }),
    };
    return (await this.send<{ count: number }>(request, options)).count;
  }

  async openPointInTime(index: string, keepAlive: string, options?: PointInTimeOptions): Promise<string> {
    const request: HttpRequest = {
      method: 'POST',
      path: [index, '_search', 'point_in_time'],
      query: {
        keep_alive: keepAlive,
        ...routed(options),
        ...(options?.preference === undefined ? {} : { preference: options.preference }),
      },
      answer: having({ pit_id: 'string' }),
    };
    return (await this.send<{ pit_id: string }>(request, options)).pit_id;
  }

  async closePointInTime(id: string, options?: CallOptions): Promise<void> {
    const request: HttpRequest = {
      method: 'DELETE',
      path: ['_search', 'point_in_time'],
      body: { pit_id: [id] },
      answer: having({ pits: 'list' }),
    };
    await this.send(request, options);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private change(request: Omit<HttpRequest, 'answer'>, options?: CallOptions): Promise<void> {
    return sendChange((change, call) => this.send(change, call), this.name)(request, options);
  }

  async send<Body>(request: HttpRequest, options: CallOptions = {}): Promise<Body> {
    const body = await this.http.send<Body>(request, {
      ...options,
      timeoutMs: options.timeoutMs ?? this.options.requestTimeoutMs,
    });
    assertAllShards(this.name, request, body);
    return body;
  }
}

/** How long the server keeps a scan between two pages. */
const SCROLL = '5m';
const SCROLL_FILTER = '_scroll_id,_shards,hits.total,hits.hits._id,hits.hits._routing';
const SCROLLED = having({ _scroll_id: 'string', hits: having({ total: 'object' }) });
