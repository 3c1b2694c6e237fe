import { channel } from 'node:diagnostics_channel';
import { Registry } from 'prom-client';
import { searchChannels, type RelayBatchMessage, type RequestDiagnostics } from '../../contracts/diagnostics.js';
import { collectSearchMetrics } from './search-metrics.js';

const batch: RelayBatchMessage = {
  index: 'passages',
  rows: 3,
  documents: 1,
  refused: 2,
  released: false,
  durationMs: 5,
  lagMs: 10,
  traced: false,
};
const request: RequestDiagnostics = {
  engine: 'main',
  method: 'POST',
  path: '/dev-passages/_search',
  operation: '_search',
  tookMs: 600,
  outcome: 'ok',
};

describe('the metrics of search', () => {
  it('count what was written apart from what was refused', async () => {
    const register = new Registry();
    const stop = collectSearchMetrics({ register });
    channel(searchChannels.relay).publish(batch);
    channel(searchChannels.relay).publish({ ...batch, released: true });
    channel(searchChannels.bulk).publish({ operations: 5, failed: 2, attempt: 1, tookMs: 4 });
    channel(searchChannels.retry).publish({ operations: 2, attempt: 1, waitMs: 10, reason: '429' });
    const text = await register.metrics();
    expect(text).toContain('rookery_sync_documents_total{index="passages",outcome="written"} 1');
    expect(text).toContain('rookery_sync_documents_total{index="passages",outcome="refused"} 2');
    expect(text).toContain('rookery_sync_released_batches_total{index="passages"} 1');
    expect(text).toContain('rookery_search_bulk_operations_total{outcome="written"} 3');
    expect(text).toContain('rookery_search_bulk_operations_total{outcome="failed"} 2');
    expect(text).toContain('rookery_search_bulk_retries_total 2');
    stop();
    channel(searchChannels.relay).publish(batch);
    expect(await register.metrics()).toBe('\n');
  });

  it.each([
    [600, 1],
    [601, 0],
    [undefined, 0],
  ])('count a search of 600 ms as slow from %p on: %p', async (slowQueryMs, slow) => {
    const register = new Registry();
    const stop = collectSearchMetrics({ register, ...(slowQueryMs !== undefined && { slowQueryMs }) });
    channel(searchChannels.request).publish(request);
    channel(searchChannels.request).publish({ ...request, operation: '_bulk' });
    const text = await register.metrics();
    expect(text).toContain('rookery_search_request_seconds_count{operation="_search",outcome="ok"} 1');
    expect(text).toContain(`rookery_search_slow_queries_total ${slow}`);
    stop();
  });

  it('ask for the backlog once for each scrape, and keep the last figures while nobody answers', async () => {
    const register = new Registry();
    let asked = 0;
    let answers = true;
    const backlog = () => {
      asked += 1;
      return answers
        ? Promise.resolve({ pending: 7, deadLetters: 2, lagMs: 1_500 })
        : Promise.reject(new Error('gone'));
    };
    const stop = collectSearchMetrics({ register, search: { backlog } });
    const figures = ['rookery_sync_backlog 7', 'rookery_sync_dead_letters 2', 'rookery_sync_oldest_seconds 1.5'];
    for (const figure of figures) expect(await register.metrics()).toContain(figure);
    expect(asked).toBe(figures.length);
    answers = false;
    for (const figure of figures) expect(await register.metrics()).toContain(figure);
    stop();
  });

  it.each([
    [
      { slowQuery: 1 },
      'collectSearchMetrics.slowQuery is not an option; did you mean collectSearchMetrics.slowQueryMs?',
    ],
    [{ slowQueryMs: '1s' }, 'collectSearchMetrics.slowQueryMs must be a number of milliseconds'],
    [{ search: {} }, 'search must be a SearchService'],
  ])('refuse %j', (options, message) => expect(() => collectSearchMetrics(options as never)).toThrow(message));
});
