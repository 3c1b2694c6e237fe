import type { SearchEngine, SearchRequest } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';

/**
 * The engine, with an event for each search that takes `thresholdMs` or longer, whatever its outcome. Any class will do,
 * also one with private fields: its methods are called on the engine itself.
 */
export function reportSlowQueries(
  engine: SearchEngine,
  thresholdMs: number,
  onEvent: SearchEventListener,
): SearchEngine {
  const timed = async <A>(request: Pick<SearchRequest, 'index' | 'body'>, search: () => Promise<A>): Promise<A> => {
    const began = performance.now();
    const opaqueId = engine.opaqueId?.();
    try {
      return await search();
    } finally {
      const tookMs = performance.now() - began;
      const { index = '', body } = request;
      const traced = opaqueId === undefined ? {} : { opaqueId };
      if (tookMs >= thresholdMs) onEvent({ type: 'slow-query', index, tookMs, body, ...traced });
    }
  };
  const searches: Pick<SearchEngine, 'search' | 'searchMany'> = {
    search: (request, options) => timed(request, () => engine.search(request, options)),
    searchMany: (requests, options) => timed(together(requests), () => engine.searchMany(requests, options)),
  };
  return new Proxy(engine, {
    get(target, name) {
      if (Object.hasOwn(searches, name)) return searches[name as keyof typeof searches];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function together(requests: readonly SearchRequest[]): Pick<SearchRequest, 'index' | 'body'> {
  const indices = [...new Set(requests.flatMap(({ index }) => index ?? []))];
  return { index: indices.join(), body: { searches: requests.map(({ body }) => body) } };
}
