import type { BulkOperation, SearchEngine } from '@rookery/search';

type Break = (engine: SearchEngine) => Partial<SearchEngine>;

/** Engines that break one promise each. */
const BREAKS = {
  'loses the last operation of a bulk': (engine) => ({
    bulk: async (operations, options) => {
      const outcomes = await engine.bulk(operations.slice(0, -1), options);
      const lost = operations.at(-1);
      return lost ? [...outcomes, { id: lost.id, outcome: 'written' }] : outcomes;
    },
  }),
  'ignores versions': (engine) => {
    let version = Date.now() * 1000;
    return {
      bulk: (operations, options) =>
        engine.bulk(
          operations.map((one) => ({ ...one, version: (version += 1) }) as BulkOperation),
          options,
        ),
    };
  },
  'answers a bulk in another order': (engine) => ({
    bulk: async (operations, options) => [...(await engine.bulk(operations, options))].reverse(),
  }),
  'takes refused operations for busy ones': (engine) => ({
    bulk: async (operations, options) =>
      (await engine.bulk(operations, options)).map((one) =>
        one.outcome === 'failed' ? { ...one, retryable: true } : one,
      ),
  }),
  'swallows failures of shards': (engine) => {
    const empty = { took: 0, hits: { total: { value: 0, relation: 'eq' as const }, max_score: null, hits: [] } };
    return {
      search: (request, options) =>
        engine.search(request, options).catch((error: unknown) => {
          if (
            String(error).includes('by the check') ||
            String(error).includes('script_exception') ||
            String(error).includes('shard')
          )
            return empty;
          throw error;
        }),
    };
  },
  'counts only the hits of the page': (engine) => ({
    search: async (request, options) => {
      const answer = await engine.search(request, options);
      return { ...answer, hits: { ...answer.hits, total: { value: answer.hits.hits.length, relation: 'eq' } } };
    },
  }),
  'leaves missing documents out of getMany': (engine) => ({
    getMany: async (index, ids, options) =>
      (await engine.getMany(index, ids, options)).filter((document) => document !== undefined),
  }),
  'ignores ifSeqNo': (engine) => ({
    update: (request, options) =>
      engine.update(
        Object.fromEntries(Object.entries(request).filter(([name]) => !name.startsWith('if'))) as typeof request,
        options,
      ),
  }),
  'says that it cancels': () => ({ cancelTask: () => Promise.resolve() }),
  'ignores signals': (engine) => ({
    get: (index, id) => engine.get(index, id),
    search: (request) => engine.search(request),
    bulk: (operations) => engine.bulk(operations),
  }),
  'takes a missing index for an empty one': (engine) => ({
    count: (request, options) => engine.count(request, options).catch(() => 0),
  }),
  'moves aliases one by one': (engine) => ({
    updateAliases: async (actions, options) => {
      for (const action of actions) await engine.updateAliases([action], options);
    },
  }),
  'removes aliases whether they are there or not': (engine) => ({
    updateAliases: (actions, options) =>
      engine
        .updateAliases(
          actions.filter((action) => !('remove' in action && action.remove.must_exist)),
          options,
        )
        .then(() => undefined),
  }),
  'deletes an index before aliases move': (engine) => ({
    updateAliases: async (actions, options) => {
      for (const action of actions)
        if ('remove_index' in action) await engine.deleteIndex(action.remove_index.index, options);
      const rest = actions.filter((action) => !('remove_index' in action));
      if (rest.length > 0) await engine.updateAliases(rest, options);
    },
  }),
  'forgets the routing': (engine) => ({
    bulk: (operations, options) =>
      engine.bulk(
        operations.map((one): BulkOperation => ({ ...one, routing: undefined })),
        options,
      ),
  }),
  'knows one shard': (engine) => ({
    shardRoutings: async (index, options) => (await engine.shardRoutings(index, options)).slice(0, 1),
  }),
} satisfies Record<string, Break>;

/** The check that has to catch each. */
const CAUGHT_BY: Readonly<Record<keyof typeof BREAKS, string>> = {
  'loses the last operation of a bulk': 'writes every operation of a bulk',
  'ignores versions': 'supersedes a write whose version is not above the stored one',
  'answers a bulk in another order': 'answers mixed operations in their order',
  'takes refused operations for busy ones': 'refuses single operations by id and reason, and writes the others',
  'swallows failures of shards': 'never treats an answer that lacks some shards as a whole one',
  'counts only the hits of the page': 'finds after a refresh, in the requested order, with the whole total',
  'leaves missing documents out of getMany': 'reads many in the order of their ids',
  'ignores ifSeqNo': 'refuses an update of a document that has changed since it was read',
  'says that it cancels': 'cancels a task, also one that has ended',
  'ignores signals': 'ends a call by its signal',
  'takes a missing index for an empty one': 'reports a missing index by its own error, and a refusal by another',
  'moves aliases one by one': 'moves aliases all at once, or not at all',
  'removes aliases whether they are there or not': 'removes an alias that has to be there, or does nothing at all',
  'deletes an index before aliases move': 'deletes an index at the instant at which aliases move, or not at all',
  'forgets the routing': 'reads, updates and deletes by id and routing',
  'knows one shard': 'reaches every shard with one routing each',
};

export interface BrokenEngine {
  readonly name: string;
  readonly caughtBy: string;
  readonly engine: SearchEngine;
}

export function brokenEngines(engine: SearchEngine): BrokenEngine[] {
  return Object.entries(BREAKS as Record<string, Break>).map(([name, broken]) => ({
    name,
    caughtBy: CAUGHT_BY[name as keyof typeof BREAKS],
    engine: Object.assign(Object.create(engine) as SearchEngine, broken(engine)),
  }));
}
