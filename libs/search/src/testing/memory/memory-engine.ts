import type { ByQueryRequest } from '../../contracts/task-port.js';
import type { UpdateRequest } from '../../contracts/document-port.js';
import type { BulkOperation, CallOptions, DocumentPlace, SearchEngine, SearchRequest } from '../../contracts/engine.js';
import { updateBody } from '../../document/update-body.js';
import {
  SearchAbortedError,
  SearchEngineError,
  SearchEngineUnavailableError,
  SearchNotFoundError,
  SearchVersionConflictError,
} from '../../errors/engine.errors.js';
import { MemoryIndices } from './indices.js';
import { resolveMemoryOptions, type MemoryEngineOptions } from './options.js';
import { PointsInTime } from './points-in-time.js';
import { compileQuery } from './query/query.js';
import { assertClaimed, ENGINE, refused, unclaimed } from './refusals.js';
import { matchingIn, searchIn, type View } from './search.js';
import { documentOf, PRIMARY_TERM, type StoredDocument } from './stored.js';
import { MemoryTasks } from './tasks.js';
import { unclaimedIn, writeAll } from './writes.js';

/**
 * An engine in the memory of this process, for tests without a server. It does exactly what its page lists
 * (docs/testing.md), and refuses everything else by name. Nothing is kept when the process ends; two engines
 * share nothing.
 *
 * @throws SearchOptionError
 * @example
 * SearchModule.forRoot({ engine: memoryEngine(), sync: 'after-commit' })
 */
export function memoryEngine(options: MemoryEngineOptions = {}): SearchEngine {
  const { now, analyzers } = resolveMemoryOptions(options);
  const indices = new MemoryIndices(analyzers, now);
  const points = new PointsInTime(now);
  const tasks = new MemoryTasks(indices, now);
  let closed = false;

  /** Each call ends as those of a real engine do: by the caller's signal, and not at all after `close()`. */
  const call = async <T>(name: string, options: CallOptions | undefined, run: () => T): Promise<T> => {
    // Nobody may count on an answer that is there before the call has returned.
    await Promise.resolve();
    if (options?.signal?.aborted) throw new SearchAbortedError(`${ENGINE}: ${name}`, { cause: options.signal.reason });
    if (closed) throw new SearchEngineUnavailableError(ENGINE, 'connection', `${name} came after close()`);
    return run();
  };
  const viewsOf = (names: string): View[] =>
    indices.open(names).map((index) => ({ index, documents: index.visible() }));
  const viewsFor = ({ index, body }: SearchRequest): readonly View[] => {
    if (body['pit'] !== undefined) return points.views(body['pit'] as { id: string; keep_alive?: string });
    return viewsOf(index ?? '_all');
  };
  const search = (request: SearchRequest) => searchIn(viewsFor(request), request, now());
  const found = (index: string, place: DocumentPlace): StoredDocument | undefined => indices.one(index).get(place);

  return {
    name: ENGINE,
    ping: (options) => call('ping', options, () => undefined),

    createIndex: (index, body, options) => call('createIndex', options, () => indices.create(index, body)),
    readIndices: (name, options) =>
      call('readIndices', options, () => indices.matching(name).map((index) => index.state())),
    deleteIndex: (index, options) => call('deleteIndex', options, () => indices.delete(index)),
    waitUntilReady: (index, options) => call('waitUntilReady', options, () => void indices.existing(index)),
    updateAliases: (actions, options) => call('updateAliases', options, () => indices.updateAliases(actions)),
    refresh: (index, options) => call('refresh', options, () => indices.open(index).forEach((one) => one.refresh())),

    bulk: (operations, options) =>
      call('bulk', options, () => {
        const part = unclaimedIn(operations);
        if (part !== undefined) throw unclaimed(part);
        return writeAll(indices, operations);
      }),
    get: (index, id, options) =>
      call('get', options, () => documented(found(index, { id, routing: options?.routing }))),
    getMany: (index, places, options) =>
      call('getMany', options, () =>
        places.length === 0 ? [] : places.map((place) => documented(found(index, place))),
      ),
    exists: (index, id, options) =>
      call('exists', options, () => found(index, { id, routing: options?.routing }) !== undefined),
    update: (request, options) => call('update', options, () => update(indices, request)),

    search: (request, options) => call('search', options, () => search(request)),
    searchMany: (requests, options) => call('searchMany', options, () => requests.map(search)),
    count: (request, options) =>
      call('count', options, () => {
        assertClaimed('a count', request.body, ['query', 'pit']);
        return matchingIn(viewsFor(request), request.body, request.parameters ?? {}, now()).length;
      }),
    async *scanIds(index, pageSize, options) {
      const documents = await call('scanIds', options, () => viewsOf(index).flatMap((view) => view.documents));
      for (let at = 0; at < documents.length; at += pageSize) {
        const page = documents.slice(at, at + pageSize);
        yield page.map(({ id, routing }) => ({ id, ...(routing === undefined ? {} : { routing }) }));
        await call('scanIds', options, () => undefined);
      }
    },
    explain: (index, id, query, options) =>
      call('explain', options, () => {
        const one = indices.one(index);
        const stored = one.get({ id, routing: options?.routing });
        if (!stored) throw new SearchNotFoundError('document', `${index}/${id}`, 'index it first');
        const score = compileQuery(query, one, now()).matches({ id, document: stored.indexed });
        if (score === undefined) return { matched: false, explanation: undefined };
        return {
          matched: true,
          explanation: { value: score, description: 'clauses and words that match', details: [] },
        };
      }),
    validate: (index, query, options) =>
      call('validate', options, () => {
        try {
          for (const one of indices.open(index)) compileQuery(query, one, now());
          return { valid: true, explanations: [JSON.stringify(query)] };
        } catch (error) {
          if (!(error instanceof SearchEngineError) || error.status === 501) throw error;
          return { valid: false, explanations: [error.reason] };
        }
      }),

    openPointInTime: (index, keepAlive, options) =>
      call('openPointInTime', options, () => {
        if (options?.preference?.startsWith('_shards')) throw unclaimed('the preference `_shards`');
        return points.keep(routed(viewsOf(index), options?.routing), keepAlive);
      }),
    closePointInTime: (id, options) => call('closePointInTime', options, () => points.close(id)),

    startByQuery: (request: ByQueryRequest, options) =>
      call('startByQuery', options, () => {
        compileQueries(indices, request, now());
        return tasks.start(request);
      }),
    readTask: (id, options) => call('readTask', options, () => tasks.read(id)),
    cancelTask: (id, options) => call('cancelTask', options, () => void id),

    indexStatus: (index, options) =>
      call('indexStatus', options, () => {
        const all = indices.matching(index);
        return all.length === 0 ? 'missing' : all.every(({ status }) => status === 'open') ? 'open' : 'closed';
      }),
    putMapping: (index, mappings, options) =>
      call('putMapping', options, () => indices.existing(index).forEach((one) => one.putMapping(mappings))),
    putSettings: (index, settings, options) =>
      call('putSettings', options, () => indices.existing(index).forEach((one) => one.putSettings(settings))),
    openIndex: (index, options) =>
      call('openIndex', options, () => indices.existing(index).forEach((one) => (one.status = 'open'))),
    closeIndex: (index, options) =>
      call('closeIndex', options, () => indices.existing(index).forEach((one) => (one.status = 'closed'))),
    indexStats: (index, options) => call('indexStats', options, () => indices.one(index).stats()),
    shardRoutings: (index, options) =>
      call('shardRoutings', options, () => indices.open(index).flatMap((one) => one.routings())),
    health: (options) => call('health', options, () => 'green' as const),

    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

function documented(stored: StoredDocument | undefined) {
  return stored && documentOf(stored);
}

/** Only the shards of a routing. */
function routed(views: readonly View[], routing: string | undefined): readonly View[] {
  if (routing === undefined) return views;
  return views.map(({ index, documents }) => {
    const shard = index.shardOf({ id: '', routing });
    return { index, documents: documents.filter((one) => one.shard === shard) };
  });
}

/** What is not carried out is refused before a task begins. */
function compileQueries(indices: MemoryIndices, { index, query }: ByQueryRequest, at: number): void {
  for (const one of indices.matching(index)) {
    try {
      compileQuery(query, one, at);
    } catch (error) {
      if (!(error instanceof SearchEngineError) || error.status === 501) throw error;
    }
  }
}

function update(indices: MemoryIndices, request: UpdateRequest) {
  const { index: alias, id, routing, ifSeqNo, ifPrimaryTerm, retryOnConflict } = request;
  if (ifSeqNo !== undefined && retryOnConflict !== undefined)
    throw refused('action_request_validation_exception', 'compare and write operations can not be retried');
  const index = indices.written(alias);
  const before = index.get({ id, routing });
  const operation = {
    action: 'update',
    index: alias,
    id,
    routing,
    source: JSON.stringify(updateBody(request)),
    ...(ifSeqNo === undefined ? {} : { ifSeqNo, ifPrimaryTerm: ifPrimaryTerm ?? PRIMARY_TERM }),
  } as BulkOperation;
  try {
    const outcome = index.write(operation);
    const { version, seqNo } = index.get({ id, routing })!;
    const done = outcome === 'unchanged' ? outcome : before ? 'updated' : 'created';
    return { outcome: done, version, seqNo, primaryTerm: PRIMARY_TERM } as const;
  } catch (error) {
    if (!(error instanceof SearchEngineError)) throw error;
    if (error.status === 409) throw new SearchVersionConflictError(ENGINE, error.reason, { cause: error });
    if (error.type !== 'document_missing_exception') throw error;
    throw new SearchNotFoundError('document', `${alias}/${id}`, 'index it first, or pass what to put in its place', {
      cause: error,
    });
  }
}
