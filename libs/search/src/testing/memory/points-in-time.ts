import { parseDuration } from '../../support/duration.js';
import { refused } from './refusals.js';
import type { View } from './search.js';

interface PointInTime {
  readonly views: readonly View[];
  until: number;
}

/** States of indices that searches page through. */
export class PointsInTime {
  private readonly open = new Map<string, PointInTime>();
  private made = 0;

  /** @param now epoch milliseconds */
  constructor(private readonly now: () => number) {}

  keep(views: readonly View[], keepAlive: string): string {
    const id = `memory-${(this.made += 1)}`;
    this.open.set(id, { views, until: this.now() + aliveMs(keepAlive) });
    return id;
  }

  /** @throws SearchEngineError where it was closed, or its time is over */
  views({ id, keep_alive }: { readonly id: string; readonly keep_alive?: string }): readonly View[] {
    const found = this.open.get(id);
    if (!found || found.until < this.now()) {
      this.open.delete(id);
      throw refused('search_context_missing_exception', `No search context found for id [${id}]`, 404);
    }
    if (keep_alive !== undefined) found.until = Math.max(found.until, this.now() + aliveMs(keep_alive));
    return found.views;
  }

  close(id: string): void {
    this.open.delete(id);
  }
}

function aliveMs(keepAlive: string): number {
  const ms = parseDuration(keepAlive);
  if (ms === undefined)
    throw refused('illegal_argument_exception', `failed to parse setting [keep_alive] with value [${keepAlive}]`);
  return ms;
}
