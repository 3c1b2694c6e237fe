import type { VersionedOperation } from '../contracts/engine.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { versioned, type OperationParts } from './document-operations.js';
import { processClock } from './process-clock.js';
import type { PlainOperation } from './document-operations.js';

const identity = {
  property: 'id',
  parts: [
    { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
  ],
  prefix: '',
  suffix: '',
};
const partsWith = (clock: VersionClock): OperationParts => ({
  model: { entity: class Thing {}, identity, routing: undefined },
  targets: () => Promise.resolve([{ index: 'i' }]),
  clock,
  engine: { shardRoutings: () => Promise.resolve([]) },
});

describe('operations of a bulk', () => {
  async function wire(operations: Iterable<PlainOperation<{ n: number }>>): Promise<VersionedOperation[]> {
    const seen: VersionedOperation[] = [];
    for await (const window of versioned(operations, partsWith(processClock(() => 1)))) seen.push(...window);
    return seen;
  }

  it('let the last on a document win, within a window by number and across windows by version', async () => {
    const operations = Array.from(
      { length: 2_500 },
      (_, n) => ({ action: 'index', id: n % 1_250, document: { n } }) as const,
    );
    const last = new Map<string, VersionedOperation>();
    for (const operation of await wire(operations)) {
      const before = last.get(operation.id);
      expect(before?.version ?? 0).toBeLessThan(operation.version);
      last.set(operation.id, operation);
    }
    expect(last.size).toBe(1_250);
    for (const [id, operation] of last)
      expect(operation).toMatchObject({ source: JSON.stringify({ n: Number(id) + 1_250 }) });
  });

  it('are taken no further ahead than a window', async () => {
    let taken = 0;
    function* source(): Generator<PlainOperation<{ n: number }>> {
      for (; ; taken += 1) yield { action: 'delete', id: taken };
    }
    const operations = versioned(source(), partsWith(processClock()));
    await operations.next();
    expect(taken).toBeLessThan(1_001);
    await operations.return(undefined);
  });
});
