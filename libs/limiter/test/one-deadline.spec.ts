import { Limiter, memoryStorage, type LimiterStorage, type StorageErrorPolicy } from '@rookery/limiter';
import { setTimeout as delay } from 'node:timers/promises';

const TIMEOUT_MS = 300;
/** Each step answers within the deadline, all of them together do not. */
const STEP_MS = 200;
/** Of a machine that is shared; all steps after each other take longer still. */
const SLACK_MS = 1200;

/** Decides as memory does, later; several keys one by one, as memcached and a Redis Cluster do. */
function slow(stepMs = STEP_MS): LimiterStorage & { readonly charged: string[] } {
  const buckets = memoryStorage({ clock: () => 0 });
  const charged: string[] = [];
  return {
    name: 'slow',
    capabilities: { serverClock: true, multiKeyAtomic: false },
    charged,
    async apply(request) {
      await delay(stepMs);
      charged.push(`${request.key.split(':')[1]!} ${request.costs.join()}`);
      return buckets.apply(request);
    },
    async read(request) {
      await delay(stepMs);
      return buckets.read(request);
    },
    delete: (request) => buckets.delete(request),
  };
}

describe.each<StorageErrorPolicy>(['local', 'open', 'closed'])(
  "one deadline for a call, with '%s'",
  (onStorageError) => {
    const open = (storage: LimiterStorage) =>
      new Limiter({
        storage,
        policies: {
          a: { limit: 5, per: '1h' },
          b: { limit: 5, per: '1h' },
          c: { limit: 5, per: '1h' },
          tiny: { limit: 1, per: '1h' },
        },
        timeoutMs: TIMEOUT_MS,
        onStorageError,
        localDenialMaxAgeMs: 0,
      });
    const elapsed = async (work: Promise<unknown>): Promise<number> => {
      const from = performance.now();
      await work.catch(() => undefined);
      return performance.now() - from;
    };

    it.each([
      ['consumeAll', 10],
      ['reserveAll', 10],
      ['consumeAll', 20],
    ] as const)('%s of %i policies that are charged one by one', async (method, count) => {
      const names = ['a', 'b', 'c'] as const;
      const charges = Array.from({ length: count }, (_, index) => [names[index % 3]!, `key ${index}`] as const);
      const ms = await elapsed(open(slow())[method](charges));
      expect(ms).toBeGreaterThan(STEP_MS);
      expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    });

    it('waits for what is given back no longer than for the rest', async () => {
      const storage = slow(120);
      const limiter = open(storage);
      await limiter.consume('tiny', 'ann');
      const ms = await elapsed(
        limiter.consumeAll([
          ['a', 'ann'],
          ['tiny', 'ann'],
        ]),
      );
      expect(ms).toBeLessThan(TIMEOUT_MS + SLACK_MS);
      await delay(400);
      expect(storage.charged).toEqual(['tiny 1', 'a 1', 'tiny 1', 'a -1']);
      expect((await limiter.peek('a', 'ann')).remaining).toBe(5);
    });

    it('charges nothing in the storage after the deadline has passed', async () => {
      const storage = slow();
      await elapsed(open(storage).consumeAll(Array.from({ length: 12 }, (_, index) => ['a', `key ${index}`] as const)));
      await delay(700);
      // Two fit; a busy event loop may be given the same time again.
      expect(storage.charged.filter((each) => each === 'a 1').length).toBeLessThan(6);
    });
  },
);
