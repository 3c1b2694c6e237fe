import type { IndexPort } from '../../contracts/index-port.js';
import { SearchNotFoundError } from '../../errors/engine.errors.js';
import { having } from './answer-shape.js';
import { sendChange, type Send } from './send.js';

export function indexCalls(engine: string, send: Send): IndexPort {
  const change = sendChange(send, engine);
  /** By concrete indices: the shards of one never change. */
  const routings = new Map<string, readonly string[]>();
  return {
    async indexStatus(index, options) {
      type Answer = readonly { status: string }[];
      try {
        const indices = await send<Answer>(
          {
            method: 'GET',
            path: ['_cat', 'indices', index],
            query: { format: 'json', h: 'status', expand_wildcards: 'all' },
            answer: { listOf: having({ status: 'string' }) },
          },
          options,
        );
        return indices.length === 0 ? 'missing' : indices.every(({ status }) => status === 'open') ? 'open' : 'closed';
      } catch (error) {
        if (error instanceof SearchNotFoundError) return 'missing';
        throw error;
      }
    },

    async putMapping(index, mappings, options) {
      await change({ method: 'PUT', path: [index, '_mapping'], body: mappings }, options);
    },

    async putSettings(index, settings, options) {
      await change({ method: 'PUT', path: [index, '_settings'], body: settings }, options);
    },

    async openIndex(index, options) {
      await change({ method: 'POST', path: [index, '_open'] }, options);
    },

    async closeIndex(index, options) {
      await change({ method: 'POST', path: [index, '_close'] }, options);
    },

    async indexStats(index, options) {
      type Answer = {
        _all: {
          primaries: {
            docs: { count: number; deleted: number };
            store: { size_in_bytes: number };
            indexing: { index_total: number };
            search: { query_total: number };
          };
        };
      };
      const {
        _all: { primaries },
      } = await send<Answer>(
        { method: 'GET', path: [index, '_stats', 'docs,store,indexing,search'], answer: STATS },
        options,
      );
      return {
        documents: primaries.docs.count,
        deletedDocuments: primaries.docs.deleted,
        sizeInBytes: primaries.store.size_in_bytes,
        searches: primaries.search.query_total,
        writes: primaries.indexing.index_total,
      };
    },

    async plugins(options) {
      type Answer = { nodes: Readonly<Record<string, { plugins?: readonly { name: string }[] }>> };
      // `_cat/plugins` leaves out nodes that have none.
      const { nodes } = await send<Answer>(
        {
          method: 'GET',
          path: ['_nodes', 'plugins'],
          query: { filter_path: 'nodes.*.name,nodes.*.plugins.name' },
          answer: having({ nodes: { mapOf: 'object' } }),
        },
        options,
      );
      const [first = [], ...others] = Object.values(nodes).map((node) => (node.plugins ?? []).map(({ name }) => name));
      return first.filter((name) => others.every((names) => names.includes(name)));
    },

    async shardRoutings(index, options) {
      type Answer = { shards: readonly (readonly { index: string; shard: number }[])[] };
      const shardsOf = async (routing?: string): Promise<readonly string[]> => {
        const { shards } = await send<Answer>(
          {
            method: 'GET',
            path: [index, '_search_shards'],
            ...(routing === undefined ? {} : { query: { routing } }),
            answer: having({ shards: { listOf: { listOf: having({ index: 'string', shard: 'number' }) } } }),
          },
          options,
        );
        return shards.map(([copy]) => `${copy!.index}/${copy!.shard}`);
      };
      const all = await shardsOf();
      const known = routings.get(all.join());
      if (known) return known;
      const [found, missing] = [[] as string[], new Set(all)];
      // Numbers spread evenly: each batch is as large as what is missing, so a few batches find all.
      for (let next = 0; missing.size > 0;) {
        const batch = Array.from({ length: missing.size }, () => String(next++));
        for (const [at, reached] of (await Promise.all(batch.map(shardsOf))).entries()) {
          const fresh = reached.filter((shard) => missing.delete(shard));
          if (fresh.length > 0) found.push(batch[at]!);
        }
      }
      routings.set(all.join(), found);
      return found;
    },

    async health(options) {
      type Answer = { status: 'green' | 'yellow' | 'red' };
      const answer = having({ status: 'string', timed_out: 'boolean' });
      return (await send<Answer>({ method: 'GET', path: ['_cluster', 'health'], answer }, options)).status;
    },
  };
}

const STATS = having({
  _all: having({ primaries: having({ docs: 'object', store: 'object', indexing: 'object', search: 'object' }) }),
});
