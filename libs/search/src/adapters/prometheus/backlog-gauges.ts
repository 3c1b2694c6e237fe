import { Gauge, type Registry } from 'prom-client';

/** What of a `SearchService` is looked at. */
export interface Backlogged {
  backlog(): Promise<{ readonly pending: number; readonly deadLetters: number; readonly lagMs: number }>;
}

/** @returns the names of the gauges, which share one question for each scrape. */
export function backlogGauges(register: Registry, search: Backlogged): readonly string[] {
  let counting: Promise<void> | undefined;
  const collect = (): Promise<void> => (counting ??= count().finally(() => (counting = undefined)));
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [register], collect });
  const waiting = gauge('rookery_sync_backlog', 'Changes that wait in the outbox');
  const deadLetters = gauge('rookery_sync_dead_letters', 'Documents that were refused too often');
  const oldest = gauge('rookery_sync_oldest_seconds', 'Age of the oldest change that waits');

  /** While the database does not answer, the last figures stay. */
  async function count(): Promise<void> {
    const backlog = await search.backlog().catch(() => undefined);
    if (backlog === undefined) return;
    waiting.set(backlog.pending);
    deadLetters.set(backlog.deadLetters);
    oldest.set(backlog.lagMs / 1000);
  }
  return ['rookery_sync_backlog', 'rookery_sync_dead_letters', 'rookery_sync_oldest_seconds'];
}
