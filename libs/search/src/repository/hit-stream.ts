import type { CallOptions, EngineHit, PointInTimeOptions, SearchEngine } from '../contracts/engine.js';
import type { Duration } from '../contracts/duration.js';
import { sortValue, wireKeepAlive } from '../query/request-window.js';
import { assertWhole } from '../query/whole-answer.js';
import type { Wire } from '../query/wire-value.js';

export interface StreamOptions extends CallOptions {
  /** Hits of one request; 1,000 when absent. Memory holds one request's hits. */
  readonly size?: number;
  /** How long the engine keeps the state of the index for the next request: longer than the reader needs for `size` hits. `1m` when absent. */
  readonly keepAlive?: Duration;
}

/**
 * All hits of a search body, however many, as the index was when the stream began (point in time and `search_after`).
 * Without an order they come as they lie, shard by shard, which costs nothing; with one, ties are broken by `_id`.
 */
export async function* streamHits(
  engine: Pick<SearchEngine, 'name' | 'search' | 'openPointInTime' | 'closePointInTime'>,
  index: string,
  body: Wire,
  parameters: Readonly<Record<string, string | boolean>>,
  { size = 1_000, keepAlive = '1m', ...call }: StreamOptions & PointInTimeOptions = {},
): AsyncGenerator<EngineHit, void, undefined> {
  const keptFor = wireKeepAlive(keepAlive);
  let pit = await engine.openPointInTime(index, keptFor, call);
  const order = body['sort'] === undefined ? undefined : [body['sort']].flat();
  const ask = async (more: Wire) => {
    const response = await engine.search(
      {
        body: {
          ...body,
          from: 0,
          // Where it need not count, the engine passes over documents without a value of the first field in the order.
          track_total_hits: order !== undefined,
          pit: { id: pit, keep_alive: keptFor },
          ...more,
        },
        parameters,
      },
      call,
    );
    pit = response.pit_id ?? pit;
    assertWhole(engine.name, response.timed_out);
    return response;
  };
  try {
    const slices = order ? [{}] : slicesOf((await ask({ size: 0 }))._shards?.total ?? 1);
    const sort = order ? [...order, { _id: 'asc' }] : ['_doc'];
    for (const slice of slices) {
      let after: readonly unknown[] | undefined;
      do {
        const { hits } = await ask({ ...slice, size, sort, ...(after ? { search_after: after.map(sortValue) } : {}) });
        yield* hits.hits;
        after = hits.hits.length < size ? undefined : hits.hits.at(-1)!.sort;
      } while (after);
    }
  } finally {
    // Without the caller's signal: it may be what ended the stream. What cannot be closed ends by `keepAlive`.
    await engine
      .closePointInTime(pit, call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs })
      .catch(() => undefined);
  }
}

/** As many slices as shards make each slice one shard, within which `_doc` has no ties. */
function slicesOf(shards: number): Wire[] {
  return shards < 2 ? [{}] : Array.from({ length: shards }, (_, id) => ({ slice: { id, max: shards } }));
}
