import type { SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';

/** The engine, with an event for each search that takes `thresholdMs` or longer, whatever its outcome. */
export function reportSlowQueries(
  engine: SearchEngine,
  thresholdMs: number,
  onEvent: SearchEventListener,
): SearchEngine {
  const timed: Pick<SearchEngine, 'search'> = {
    async search(request, options) {
      const began = performance.now();
      try {
        return await engine.search(request, options);
      } finally {
        const tookMs = performance.now() - began;
        if (tookMs >= thresholdMs)
          onEvent({ type: 'slow-query', index: request.index ?? '', tookMs, body: request.body });
      }
    },
  };
  return Object.assign(Object.create(engine) as SearchEngine, timed);
}
