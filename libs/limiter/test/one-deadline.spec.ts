import { jest } from '@jest/globals';
import { Limiter, memoryStorage, type LimiterStorage, type StorageErrorPolicy } from '@rookery/limiter';

const TIMEOUT_MS = 300;
/** Each step answers within the deadline, all of them together do not. */
const STEP_MS = 200;

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Decides as memory does, later; several keys one by one, as memcached and a Redis Cluster do. */
function slow(stepMs = STEP_MS): LimiterStorage & { readonly charged: string[] } {
  const buckets = memoryStorage({ clock: () => 0 });
  const charged: string[] = [];
  return {
    name: 'slow',
    capabilities: { serverClock: true, multiKeyAtomic: false },
    charged,
    async apply(request) {
      await later(stepMs);
      charged.push(`${request.key.split(':')[1]!} ${request.costs.join()}`);
      return buckets.apply(request);
    },
    async read(request) {
      await later(stepMs);
      return buckets.read(request);
    },
    delete: (request) => buckets.delete(request),
  };
}

/** On a clock that the test moves: nothing here depends on how busy the machine is. */
describe.each<StorageErrorPolicy>(['local', 'open', 'closed'])(
  "one deadline for a call, with '%s'",
  (onStorageError) => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

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
    /** After how many milliseconds `work` was answered. */
    const answeredAfter = async (work: Promise<unknown>): Promise<number> => {
      let answered = false;
      const done = (): void => void (answered = true);
      work.then(done, done);
      for (let ms = 0; ms < 20 * STEP_MS; ms++) {
        if (answered) return ms;
        await jest.advanceTimersByTimeAsync(1);
      }
      throw new Error('never answered');
    };

    it.each([
      ['consumeAll', 10],
      ['reserveAll', 10],
      ['consumeAll', 20],
    ] as const)('%s of %i policies that are charged one by one', async (method, count) => {
      const names = ['a', 'b', 'c'] as const;
      const charges = Array.from({ length: count }, (_, index) => [names[index % 3]!, `key ${index}`] as const);
      const ms = await answeredAfter(open(slow())[method](charges));
      expect(ms).toBeGreaterThan(STEP_MS);
      expect(ms).toBeLessThanOrEqual(TIMEOUT_MS + 2);
    });

    it('waits for what is given back no longer than for the rest', async () => {
      const storage = slow(120);
      const limiter = open(storage);
      await answeredAfter(limiter.consume('tiny', 'ann'));
      const ms = await answeredAfter(
        limiter.consumeAll([
          ['a', 'ann'],
          ['tiny', 'ann'],
        ]),
      );
      expect(ms).toBeGreaterThan(240);
      expect(ms).toBeLessThanOrEqual(TIMEOUT_MS + 2);
      await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
      expect(storage.charged).toEqual(['tiny 1', 'a 1', 'tiny 1', 'a -1']);
      const peeked = limiter.peek('a', 'ann');
      await answeredAfter(peeked);
      expect((await peeked).remaining).toBe(5);
    });

    it('charges nothing in the storage after the deadline has passed', async () => {
      const storage = slow();
      await answeredAfter(
        open(storage).consumeAll(Array.from({ length: 12 }, (_, index) => ['a', `key ${index}`] as const)),
      );
      await jest.advanceTimersByTimeAsync(20 * STEP_MS);
      // One is answered in time, and the one under way when the deadline passes cannot be called back.
      expect(storage.charged.filter((each) => each === 'a 1')).toHaveLength(2);
    });
  },
);
