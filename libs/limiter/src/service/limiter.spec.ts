import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { memoryStorage } from '../storage/memory.storage.js';
import { limiterChannels } from '../contracts/diagnostics.js';
import type { LimiterStorage } from '../contracts/limiter-storage.js';
import { resolvePolicy } from '../algorithm/policy.js';
import { LimiterOptionError } from '../errors/option-error.js';
import { LimiterCostError, LimiterKeyError, UnknownPolicyError } from '../errors/request-errors.js';
import { StorageTimeoutError, StorageUnavailableError } from '../errors/storage-errors.js';
import { Limiter } from './limiter.js';
import type { LimiterOptions, StorageErrorPolicy } from './limiter-options.js';

const policies = { api: { limit: 3, per: '1s' }, login: { limit: 5, per: '1m', burst: 2 } } as const;

describe('limiter', () => {
  let now = 0;
  const open = () => new Limiter({ storage: memoryStorage({ clock: () => now }), policies });

  it('admits the limit, then refuses and says when to come again', async () => {
    const limiter = open();
    for (const remaining of [2, 1, 0])
      expect(await limiter.consume('api', 'a')).toMatchObject({ allowed: true, remaining });
    const refused = await limiter.consume('api', 'a');
    expect(refused).toMatchObject({
      allowed: false,
      policy: 'api',
      limit: 3,
      remaining: 0,
      retryAfterMs: 334,
      resetMs: 1000,
      source: 'storage',
    });
    now += refused.retryAfterMs * 1000;
    expect(await limiter.consume('api', 'a')).toMatchObject({ allowed: true, remaining: 0 });
  });

  it('counts keys and policies apart', async () => {
    const limiter = open();
    await limiter.consume('api', 'a', { cost: 3 });
    expect(await limiter.consume('api', 'b')).toMatchObject({ allowed: true, remaining: 2 });
    expect(await limiter.consume('login', 'a')).toMatchObject({ allowed: true, remaining: 1 });
  });

  it('looks without charging', async () => {
    const limiter = open();
    await limiter.consume('api', 'a', { cost: 2 });
    expect(await limiter.peek('api', 'a')).toMatchObject({ allowed: true, remaining: 1 });
    expect(await limiter.peek('api', 'a', { cost: 2 })).toMatchObject({
      allowed: false,
      remaining: 1,
      retryAfterMs: 334,
    });
    expect(await limiter.peek('api', 'unseen')).toMatchObject({ allowed: true, remaining: 3, resetMs: 0 });
  });

  it('forgets a key', async () => {
    const limiter = open();
    await limiter.consume('api', 'a', { cost: 3 });
    await limiter.delete('api', 'a');
    expect(await limiter.consume('api', 'a')).toMatchObject({ allowed: true, remaining: 2 });
  });

  it('accepts a policy that is in no options', async () => {
    const policy = resolvePolicy('export', { limit: 1, per: '1h' });
    const limiter = open();
    expect(await limiter.consume(policy, 'a')).toMatchObject({ allowed: true, policy: 'export' });
    expect(await limiter.consume(policy, 'a')).toMatchObject({ allowed: false, retryAfterMs: 3_600_000 });
  });

  it.each([0, 1.5, -1, NaN, 4, '2', null])('refuses a cost of %p and names it', async (cost) => {
    const call = open().consume('api', 'a', { cost: cost as number });
    await expect(call).rejects.toThrow(LimiterCostError);
    await expect(call).rejects.toMatchObject({ code: 'LIMITER_COST', cost, maxCost: 3 });
  });

  it.each(['consume', 'reserve', 'acquire', 'peek'] as const)(
    'refuses %s of no tokens, and names peek',
    async (call) => {
      const options = { cost: 0, ...(call === 'acquire' ? { maxWaitMs: 1 } : {}) };
      await expect(open()[call]('api', 'a', options as never)).rejects.toThrow(
        "cost must be a whole number from 1 to 3, the burst of policy 'api': peek charges nothing, and returns what would pass (got 0)",
      );
    },
  );

  it.each(['', undefined, 7])('refuses a key of %p', async (key) => {
    await expect(open().consume('api', key as string)).rejects.toThrow(LimiterKeyError);
  });

  it('refuses a policy that it does not know, and names those it does', async () => {
    await expect(open().consume('apii', 'a')).rejects.toThrow(new UnknownPolicyError('apii', ['api', 'login'], 'api'));
    await expect(open().peek('constructor', 'a')).rejects.toThrow(
      "policy must be one of 'api', 'login' (got 'constructor')",
    );
  });

  it('refuses wrong options, all of them in one message', () => {
    const wrong = {
      storage: {},
      policies: { api: { limit: 0, per: '1m' } },
      timeoutMs: 0,
      onStorageError: 'ignore',
      prefix: 'a b',
      coalesce: 1,
      localDenialMaxAgeMs: -1,
    };
    expect(() => new Limiter(wrong as never)).toThrow(LimiterOptionError);
    expect(() => new Limiter(wrong as never)).toThrow(
      [
        '7 limiter options are wrong:',
        '  - storage must be a LimiterStorage, such as memoryStorage() (got {})',
        "  - onStorageError must be 'open', 'closed' or 'local' (got 'ignore')",
        '  - timeoutMs must be whole milliseconds from 1 to 60000 (got 0)',
        "  - prefix must be 1 to 64 letters, digits or any of . : - _ { } (got 'a b')",
        '  - coalesce must be true or false (got 1)',
        '  - localDenialMaxAgeMs must be whole milliseconds from 0, which is never, to 60000 (got -1)',
        '  - policies.api.limit must be a whole number from 1 to 1000000000000 (got 0)',
      ].join('\n'),
    );
    expect(() => new Limiter({} as never)).toThrow('policies must be an object');
  });
});

describe('limiter over a storage that is far away', () => {
  const open = (options: Partial<LimiterOptions> = {}) => {
    const memory = memoryStorage({ clock: () => 0 });
    let now = 0;
    const calls: number[] = [];
    const storage: LimiterStorage = {
      name: 'far',
      capabilities: { serverClock: true, multiKeyAtomic: false },
      read: (request) => memory.read(request),
      delete: (request) => memory.delete(request),
      apply: async (request) => {
        calls.push(request.costs.length);
        await new Promise((resolve) => setImmediate(resolve));
        return memory.apply(request);
      },
    };
    return {
      limiter: new Limiter({
        storage,
        policies: { api: { limit: 50, per: '1s' } },
        clock: () => now++,
        timeoutMs: 5000,
        ...options,
      }),
      calls,
    };
  };
  const admitted = async (limiter: Limiter, times: number): Promise<number> => {
    const decisions = await Promise.all(Array.from({ length: times }, () => limiter.consume('api', 'a')));
    return decisions.filter((decision) => decision.allowed).length;
  };

  it('sends what waits for one key in one call, and a flood that is refused not at all', async () => {
    const { limiter, calls } = open();
    expect(await admitted(limiter, 200)).toBe(50);
    expect(calls).toEqual([200]);
    expect(await admitted(limiter, 1000)).toBe(0);
    expect(calls).toHaveLength(1);
    expect(await limiter.consume('api', 'a')).toMatchObject({ allowed: false, source: 'storage' });
  });

  it('calls for each where the options say so', async () => {
    const { limiter, calls } = open({ coalesce: false, localDenialMaxAgeMs: 0 });
    expect(await admitted(limiter, 100)).toBe(50);
    expect(await admitted(limiter, 10)).toBe(0);
    expect(calls).toHaveLength(110);
  });

  it('calls again as soon as tokens were given back', async () => {
    const { limiter } = open();
    const reservation = await limiter.reserve('api', 'a', { cost: 50 });
    expect(await admitted(limiter, 3)).toBe(0);
    await reservation.settle(49);
    expect(await admitted(limiter, 3)).toBe(1);
  });
});

describe('limiter while the storage fails', () => {
  const failing = (fail: () => never | Promise<never>): LimiterStorage => ({
    name: 'failing',
    capabilities: { serverClock: true, multiKeyAtomic: false },
    apply: fail,
    read: fail,
    delete: fail,
  });
  const reject = () => Promise.reject(new Error('connection refused'));
  const faults: [string, LimiterStorage][] = [
    [
      'throws',
      failing(() => {
        throw new Error('connection refused');
      }),
    ],
    ['rejects', failing(reject)],
    ['never answers', failing(() => new Promise<never>(() => undefined))],
    ['answers nothing', failing((() => undefined) as never)],
  ];
  const limiter = (storage: LimiterStorage, onStorageError?: StorageErrorPolicy) =>
    new Limiter({ storage, policies, onStorageError, timeoutMs: 20, clock: () => 0 });

  describe.each(faults)('as it %s', (_, storage) => {
    it('limits in the process by default', async () => {
      const local = limiter(storage);
      for (const remaining of [2, 1, 0])
        expect(await local.consume('api', 'a')).toMatchObject({ allowed: true, remaining, source: 'local' });
      expect(await local.consume('api', 'a')).toMatchObject({ allowed: false, retryAfterMs: 334, source: 'local' });
      expect(await local.peek('api', 'a')).toMatchObject({ allowed: false, source: 'local' });
    });

    it("lets all pass when it is 'open'", async () => {
      const open = limiter(storage, 'open');
      for (let call = 0; call < 5; call++)
        expect(await open.consume('api', 'a')).toMatchObject({ allowed: true, source: 'open', limits: [] });
    });

    it("rejects when it is 'closed'", async () => {
      await expect(limiter(storage, 'closed').consume('api', 'a')).rejects.toMatchObject({
        code: 'LIMITER_STORAGE_UNAVAILABLE',
        storage: 'failing',
      });
    });

    it('reports to subscribers', async () => {
      const heard: unknown[] = [];
      const listen = (message: unknown) => heard.push(message);
      subscribe(limiterChannels.storageError, listen);
      await limiter(storage).consume('api', 'a');
      unsubscribe(limiterChannels.storageError, listen);
      expect(heard).toEqual([
        { storage: 'failing', policy: 'api', onStorageError: 'local', error: expect.any(Error) as Error },
      ]);
    });
  });

  it('rejects a delete whatever the policy, as it cannot be made good', async () => {
    await expect(limiter(failing(reject), 'open').delete('api', 'a')).rejects.toThrow(StorageUnavailableError);
  });

  it('names the deadline as the cause', async () => {
    const call = limiter(
      failing(() => new Promise<never>(() => undefined)),
      'closed',
    ).consume('api', 'a');
    await expect(call).rejects.toMatchObject({
      message: "limiter storage 'failing' is unavailable: no answer within 20 ms (timeoutMs)",
      cause: expect.any(StorageTimeoutError) as Error,
    });
  });

  it('ignores a failure that comes after the deadline', async () => {
    let rejectLate: (error: Error) => void = () => undefined;
    const late = limiter(
      failing(() => new Promise<never>((_, fail) => (rejectLate = fail))),
      'open',
    );
    expect(await late.consume('api', 'a')).toMatchObject({ source: 'open' });
    rejectLate(new Error('too late'));
    // An unhandled rejection would be raised in this turn of the event loop, and fail the run.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('calls the storage again as soon as it answers', async () => {
    let up = false;
    const memory = memoryStorage({ clock: () => 0 });
    const flapping = limiter({
      name: 'flapping',
      capabilities: memory.capabilities,
      apply: (request) => (up ? memory.apply(request) : reject()),
      read: reject,
      delete: reject,
    });
    expect(await flapping.consume('api', 'a', { cost: 3 })).toMatchObject({ source: 'local' });
    up = true;
    expect(await flapping.consume('api', 'a')).toMatchObject({ source: 'storage', remaining: 2 });
  });
});
