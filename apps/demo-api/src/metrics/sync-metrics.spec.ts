import { channel } from 'node:diagnostics_channel';
import type { RelayBatchMessage, SearchService } from '@rookery/search';
import { Registry } from 'prom-client';
import { SyncMetrics } from './sync-metrics.js';

describe('metrics of the sync', () => {
  it('count what was written apart from what was refused', async () => {
    const registry = new Registry();
    const metrics = new SyncMetrics(registry, {
      backlog: () => Promise.resolve({ pending: 0, deadLetters: 0, lagMs: 0 }),
    } as unknown as SearchService);
    metrics.onModuleInit();
    const batch: RelayBatchMessage = {
      index: 'passages',
      rows: 3,
      documents: 1,
      refused: 2,
      released: false,
      durationMs: 5,
      lagMs: 10,
    };
    channel('rookery:search:relay').publish(batch);
    metrics.onModuleDestroy();
    const text = await registry.metrics();
    expect(text).toContain('rookery_sync_documents_total{index="passages",outcome="written"} 1');
    expect(text).toContain('rookery_sync_documents_total{index="passages",outcome="refused"} 2');
  });
});
