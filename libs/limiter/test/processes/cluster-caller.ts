/** A worker that obeys messages: `{ cost, timeoutMs, times }` on the key `shared`, and `{ close }`. */
import { clusterStorage } from '../../src/adapters/cluster/index.js';
import { memoryStorage } from '../../src/storage/memory.storage.js';
import type { StorageFaultError } from '../../src/errors/storage-fault.js';

const storage = clusterStorage(memoryStorage(), { maxPending: 20 });
const limits = [
  { drainPerTick: 1, unitsPerToken: 8_640_000_000, capacity: 10 * 8_640_000_000, tickMicros: 1000 as const },
];

process.on(
  'message',
  ({
    cost,
    timeoutMs = 5000,
    times = 1,
    close,
  }: {
    cost?: number;
    timeoutMs?: number;
    times?: number;
    close?: true;
  }) => {
    if (close) void storage.close?.();
    if (cost !== undefined) void apply(cost, timeoutMs, times);
  },
);
process.send!({ ready: true });

async function apply(cost: number, timeoutMs: number, times: number): Promise<void> {
  const once = async (): Promise<string> => {
    try {
      const [answer] = await storage.apply({ key: 'shared', limits, costs: [cost], timeoutMs });
      return answer!.allowed ? 'allowed' : 'refused';
    } catch (error) {
      return (error as StorageFaultError).fault;
    }
  };
  const answers = await Promise.all(Array.from({ length: times }, once));
  process.send!({ answers });
}
