import type { SearchEngine, SearchRequest, SearchResponse } from '../contracts/engine.js';
import type { SearchEvent } from '../contracts/search-event.js';
import { reportSlowQueries } from './slow-queries.js';

const EMPTY: SearchResponse = { took: 1, hits: { max_score: null, hits: [] } };

/** What a class of a user's own may look like. */
class PrivateEngine {
  readonly #name = 'own';
  #searches = 0;

  get name(): string {
    return this.#name;
  }

  opaqueId(): string {
    return 'trace-7';
  }

  search(): Promise<SearchResponse> {
    this.#searches += 1;
    return Promise.resolve(EMPTY);
  }

  searchMany(requests: readonly SearchRequest[]): Promise<readonly SearchResponse[]> {
    this.#searches += requests.length;
    return Promise.resolve(requests.map(() => EMPTY));
  }

  count(): Promise<number> {
    return Promise.resolve(this.#searches);
  }
}

describe('slow queries', () => {
  const events: SearchEvent[] = [];
  const engine = reportSlowQueries(new PrivateEngine() as unknown as SearchEngine, 0, (event) => events.push(event));

  it('are reported of an engine with private fields, searchMany among them', async () => {
    await engine.search({ index: 'a', body: { size: 1 } });
    await engine.searchMany([
      { index: 'a', body: { size: 2 } },
      { index: 'b', body: { size: 3 } },
    ]);
    expect(await engine.count({ index: 'a', body: {} })).toBe(3);
    expect(engine.name).toBe('own');
    expect(events).toMatchObject([
      { type: 'slow-query', index: 'a', body: { size: 1 }, opaqueId: 'trace-7' },
      { type: 'slow-query', index: 'a,b', body: { searches: [{ size: 2 }, { size: 3 }] } },
    ]);
  });
});
