import { setTimeout as delay } from 'node:timers/promises';
import { resolvePolicy } from '../algorithm/policy.js';
import { memoryStorage } from './memory.storage.js';

const { limits } = resolvePolicy('p', { limit: 10, per: '1s' });
const request = (key: string) => ({ key, limits, costs: [1], timeoutMs: 50 });

describe('memory storage', () => {
  it('answers at once', () => expect(memoryStorage().apply(request('a'))).toMatchObject([{ allowed: true }]));

  it('is empty again, without another call, when its buckets have drained', async () => {
    let now = 0;
    const storage = memoryStorage({ clock: () => now, sweepEveryMs: 1 });
    for (let key = 0; key < 50_000; key++) storage.apply(request(`k${key}`));
    expect(storage.stats.keys).toBe(50_000);
    now = 1_000_000;
    const deadline = Date.now() + 5000;
    while (storage.stats.keys > 0 && Date.now() < deadline) await delay(5);
    expect(storage.stats).toEqual({ keys: 0, evicted: 0 });
    storage.close();
  });

  it('holds no process open while it has buckets', () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const storage = memoryStorage();
    storage.apply(request('a'));
    expect(timers()).toBe(before);
    storage.close();
  });

  it('holds no more than its bound', () => {
    const storage = memoryStorage({ maxKeys: 10, clock: () => 0 });
    for (let key = 0; key < 15; key++) storage.apply(request(`k${key}`));
    expect(storage.stats).toEqual({ keys: 10, evicted: 5 });
    storage.close();
  });

  it.each([
    [{ maxKeys: 0 }, 'memoryStorage.maxKeys must be a whole number of 1 or more (got 0)'],
    [
      { sweepEveryMs: 2 ** 31 },
      'memoryStorage.sweepEveryMs must be whole milliseconds from 1 to 2147483647 (got 2147483648)',
    ],
  ])('refuses %p', (options, message) => expect(() => memoryStorage(options)).toThrow(message));
});
