import type { SearchEvent } from '../contracts/search-event.js';
import { SearchEngineUnavailableError } from '../errors/engine.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { EMPTY_REPORT, type BulkReport } from '../indexing/bulk-report.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { PublishQueue, PUBLISH_DEFAULTS } from './publish-queue.js';

describe('PublishQueue', () => {
  const definition = {
    alias: 'books',
    model: {
      identity: {
        property: 'id',
        parts: [
          { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
        ],
        prefix: '',
        suffix: '',
      },
    },
  } as unknown as IndexDefinition;
  const reader = {
    knowsPath: () => true,
    async *keysReaching(_model: unknown, path: readonly string[], keys: readonly PrimaryKey[]) {
      yield await Promise.resolve(keys.map((key) => `${path.join('.')}:${String(key)}`));
    },
  };
  const touch = (key: PrimaryKey, path: readonly string[] = []) => ({ definition, path, key });
  const away = new SearchEngineUnavailableError('e', 'connection', 'refused');
  const failed = (id: string, retryable: boolean): BulkReport => ({
    ...EMPTY_REPORT,
    failures: [{ id, index: 'i', status: 400, type: 't', reason: 'r', retryable }],
  });

  function publishing(
    answer: (keys: readonly PrimaryKey[], batch: number) => BulkReport | Promise<BulkReport>,
    maxPending = 100,
  ) {
    const events: SearchEvent[] = [];
    const batches: (readonly PrimaryKey[])[] = [];
    const publish = async (_definition: unknown, keys: readonly PrimaryKey[]): Promise<BulkReport> =>
      answer(keys, batches.push(keys));
    const options = { ...PUBLISH_DEFAULTS, maxPending, backoff: { baseMs: 1, maxMs: 1 } };
    return {
      events,
      batches,
      queue: new PublishQueue(definition, { publish }, reader, (event) => events.push(event), options),
    };
  }

  it('publishes each document once, those of related rows after those named directly', async () => {
    const { queue, batches } = publishing(() => EMPTY_REPORT);
    queue.add([touch(1), touch(1), touch(7, ['address']), touch(2)]);
    await queue.idle();
    expect(batches).toEqual([[1, 2, 'address:7']]);
    expect(queue.waiting).toBe(0);
  });

  it('gathers what comes while a batch is under way for the next one', async () => {
    let release = (): void => undefined;
    const first = new Promise<void>((resolve) => (release = resolve));
    const { queue, batches } = publishing((_keys, batch) =>
      batch === 1 ? first.then(() => EMPTY_REPORT) : EMPTY_REPORT,
    );
    queue.add([touch(1)]);
    queue.add([touch(2)]);
    queue.add([touch(1), touch(3)]);
    release();
    await queue.idle();
    expect(batches).toEqual([[1], [2, 1, 3]]);
  });

  it('keeps a batch while the engine is away, and reports it once and when it is over', async () => {
    const { queue, batches, events } = publishing((_keys, batch) => {
      if (batch < 4) throw away;
      return EMPTY_REPORT;
    });
    queue.add([touch(1)]);
    await queue.idle();
    expect(batches).toEqual([[1], [1], [1], [1]]);
    expect(events).toEqual([
      { type: 'publish-delayed', index: 'books', pending: 1, error: away },
      { type: 'publish-resumed', index: 'books' },
    ]);
  });

  it('repeats documents that failed for now, and reports those that were refused', async () => {
    const { queue, batches, events } = publishing((_keys, batch) =>
      batch === 1 ? failed('2', true) : batch === 2 ? failed('2', false) : EMPTY_REPORT,
    );
    queue.add([touch(1), touch(2)]);
    await queue.idle();
    expect(batches).toEqual([[1, 2], [2]]);
    expect(events.map(({ type }) => type)).toEqual(['publish-delayed', 'documents-refused', 'publish-resumed']);
  });

  it('accepts no more than fits, and reports how many are lost', async () => {
    const { queue, events } = publishing(() => EMPTY_REPORT, 2);
    queue.add([touch(1), touch(2), touch(3)]);
    await queue.idle();
    expect(events).toEqual([{ type: 'changes-dropped', index: 'books', count: 1, reason: 'full' }]);
  });

  it('ends at close, and reports what was not written', async () => {
    const { queue, events } = publishing(() => {
      throw away;
    });
    queue.add([touch(1)]);
    await queue.close();
    queue.add([touch(2)]);
    await queue.idle();
    expect(events.filter(({ type }) => type === 'changes-dropped')).toEqual([
      { type: 'changes-dropped', index: 'books', count: 1, reason: 'closed' },
      { type: 'changes-dropped', index: 'books', count: 1, reason: 'closed' },
    ]);
    expect(queue.waiting).toBe(0);
  });
});
