import { EMPTY_REPORT, type BulkReport } from '../indexing/bulk-report.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { backfill, type BackfillPage } from './backfill.js';

const ROWS = 10;
const PAGE_SIZE = 3;
const DEFINITION = {
  model: {
    entity: class Row {},
    identity: {
      property: 'id',
      parts: [
        { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
      ],
      prefix: '',
      suffix: '',
    },
    primaryKey: 'id',
    fields: [],
    hooks: {},
  },
} as unknown as IndexDefinition;

/** A write that ends when the test ends it. */
interface Write {
  readonly ids: readonly string[];
  readonly versions: readonly number[];
  end(report?: Partial<BulkReport>): void;
}

describe('backfill', () => {
  const turn = (): Promise<void> => new Promise(setImmediate);

  function running(options: { maxDocumentsPerSecond?: number } = {}) {
    let ticks = 0;
    const reads: number[] = [];
    const writes: Write[] = [];
    const source = backfill(
      DEFINITION,
      'new',
      {
        clock: { next: () => Promise.resolve((ticks += 1)) },
        reader: {
          pageAfter: (_model, after, size) => {
            const from = after === undefined ? 1 : Number(after) + 1;
            reads.push(from);
            return Promise.resolve(
              Array.from({ length: Math.min(size, ROWS + 1 - from) }, (_, at) => ({ id: from + at })),
            );
          },
        },
        writer: {
          write: (operations) => {
            const all = [...(operations as Iterable<{ id: string; version: number }>)];
            return new Promise((resolve) =>
              writes.push({
                ids: all.map(({ id }) => id),
                versions: [...new Set(all.map(({ version }) => version))],
                end: (report = {}) => resolve({ ...EMPTY_REPORT, succeeded: all.length, ...report }),
              }),
            );
          },
        },
      },
      { after: undefined, pageSize: PAGE_SIZE, ...options },
    );
    const pages: BackfillPage[] = [];
    const ended = (async () => {
      for await (const page of source) pages.push(page);
    })();
    ended.catch(() => undefined);
    return { reads, writes, pages, ended };
  }

  it('writes two pages at a time while the next is read, each with the tick before its read', async () => {
    const { reads, writes, pages, ended } = running();
    await turn();
    expect(writes.map(({ ids }) => ids)).toEqual([
      ['1', '2', '3'],
      ['4', '5', '6'],
    ]);
    expect(reads).toEqual([1, 4, 7]);
    writes[0]!.end();
    await turn();
    expect(pages.map(({ lastKey }) => lastKey)).toEqual([3]);
    expect(writes).toHaveLength(3);
    for (let at = 1; at < 4; at += 1) {
      writes[at]!.end();
      await turn();
    }
    await ended;
    expect(pages.map(({ lastKey, rows }) => [lastKey, rows])).toEqual([
      [3, 3],
      [6, 3],
      [9, 3],
      [10, 1],
    ]);
    expect(writes.map(({ versions }) => versions)).toEqual([[1], [2], [3], [4]]);
  });

  it('reports pages in order, whichever was written first', async () => {
    const { writes, pages } = running();
    await turn();
    writes[1]!.end();
    await turn();
    expect(pages).toEqual([]);
    writes[0]!.end();
    await turn();
    expect(pages.map(({ lastKey }) => lastKey)).toEqual([3, 6]);
  });

  it('fails with the page that failed, once nothing more comes to the index', async () => {
    const { writes, pages, ended } = running();
    const gone = new SearchEngineUnavailableError('new', 'connection', 'reset');
    let over = false;
    void ended.catch(() => (over = true));
    await turn();
    writes[0]!.end({
      failures: [{ id: '1', index: 'new', status: 0, type: 'engine_connection', reason: 'reset', retryable: true }],
      unavailable: gone,
    });
    await turn();
    expect(over).toBe(false);
    for (const write of writes.slice(1)) write.end();
    await expect(ended).rejects.toBe(gone);
    expect(pages).toEqual([]);
  });

  it('writes no faster than it may', async () => {
    const { writes, ended } = running({ maxDocumentsPerSecond: 30 });
    const began = performance.now();
    const times: number[] = [];
    while (times.length < 4) {
      await turn();
      if (writes.length > times.length) {
        times.push(performance.now() - began);
        writes.at(-1)!.end();
      }
    }
    await ended;
    // 3 documents are worth 100 ms; timers may come a little early.
    times.forEach((ms, at) => expect(ms).toBeGreaterThan(at * 100 - 10));
  });
});
