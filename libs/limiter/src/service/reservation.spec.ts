import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { memoryStorage } from '../storage/memory.storage.js';
import { limiterChannels, type DecisionMessage } from '../contracts/diagnostics.js';
import type { LimiterStorage } from '../contracts/limiter-storage.js';
import { LimiterCostError, LimiterSettleError } from '../errors/request-errors.js';
import { StorageUnavailableError } from '../errors/storage-errors.js';
import { Limiter } from './limiter.js';
import type { StorageErrorPolicy } from './limiter-options.js';

const policies = {
  api: { limit: 10, per: '1m' },
  tenant: { limit: 3, per: '1m' },
  trial: { limit: 1, per: '1m', mode: 'shadow' },
} as const;

/** Memory as a storage that decides one key at a time, and can be made to fail. */
class OneKeyStorage implements LimiterStorage {
  readonly name = 'one-key';
  readonly capabilities = { serverClock: true, multiKeyAtomic: false };
  readonly #memory = memoryStorage({ clock: () => 0 });
  failing: (key: string) => boolean = () => false;

  apply(request: Parameters<LimiterStorage['apply']>[0]) {
    return this.failing(request.key) ? Promise.reject(new Error('down')) : Promise.resolve(this.#memory.apply(request));
  }

  read(request: Parameters<LimiterStorage['read']>[0]) {
    return Promise.resolve(this.#memory.read(request));
  }

  delete(request: Parameters<LimiterStorage['delete']>[0]) {
    return Promise.resolve(this.#memory.delete(request));
  }
}

const remaining = async (limiter: Limiter, policy: string): Promise<number> =>
  (await limiter.peek(policy, 'a')).remaining;

describe.each([
  ['in one step', () => memoryStorage({ clock: () => 0 })],
  ['one key at a time', () => new OneKeyStorage()],
] as [string, () => LimiterStorage][])('several policies %s', (_, storage) => {
  const open = () => new Limiter({ storage: storage(), policies, clock: () => 0 });

  it('are charged together', async () => {
    const limiter = open();
    const answer = await limiter.consumeAll([
      ['api', 'a', { cost: 2 }],
      ['tenant', 'a'],
    ]);
    expect(answer).toMatchObject({
      allowed: true,
      decisions: [
        { policy: 'api', remaining: 8 },
        { policy: 'tenant', remaining: 2 },
      ],
    });
  });

  it('are charged not at all when one refuses, and show it', async () => {
    const limiter = open();
    await limiter.consume('tenant', 'a', { cost: 3 });
    const answer = await limiter.consumeAll([
      ['api', 'a'],
      ['tenant', 'a'],
      ['api', 'b'],
    ]);
    expect(answer).toMatchObject({
      allowed: false,
      decisions: [
        { policy: 'api', allowed: true, remaining: 10 },
        { policy: 'tenant', allowed: false, retryAfterMs: 20_000 },
      ],
    });
    expect(answer.decisions).toHaveLength(2);
    expect(await remaining(limiter, 'api')).toBe(10);
    expect((await limiter.peek('api', 'b')).remaining).toBe(10);
  });

  it('admit exactly the smallest among many calls at once', async () => {
    const limiter = open();
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        limiter.consumeAll([
          ['tenant', 'a'],
          ['api', 'a'],
        ]),
      ),
    );
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(3);
    expect(await remaining(limiter, 'api')).toBe(7);
  });

  it('are all checked before one is charged', async () => {
    const limiter = open();
    await expect(
      limiter.consumeAll([
        ['api', 'a'],
        ['tenant', 'a', { cost: 4 }],
      ]),
    ).rejects.toThrow(LimiterCostError);
    expect(await remaining(limiter, 'api')).toBe(10);
  });

  it('count one bucket that is named twice twice', async () => {
    const limiter = open();
    expect(
      await limiter.consumeAll([
        ['tenant', 'a', { cost: 2 }],
        ['tenant', 'a', { cost: 2 }],
      ]),
    ).toMatchObject({ allowed: false });
    expect(await remaining(limiter, 'tenant')).toBe(3);
  });

  it('are allowed when there are none', async () =>
    expect(await open().consumeAll([])).toEqual({ allowed: true, decisions: [] }));

  it('charge one in shadow mode only where the call passes, and never refuse by it', async () => {
    const limiter = open();
    const claims = [
      ['trial', 'a'],
      ['tenant', 'a'],
    ] as const;
    expect(await limiter.consumeAll(claims)).toMatchObject({
      allowed: true,
      decisions: [{ policy: 'trial', shadow: 'allowed' }, { policy: 'tenant' }],
    });
    expect(await limiter.consumeAll(claims)).toMatchObject({
      allowed: true,
      decisions: [{ policy: 'trial', allowed: true, shadow: 'refused' }, {}],
    });
    await limiter.consume('tenant', 'a');
    expect((await limiter.consumeAll(claims)).decisions.map((decision) => decision.policy)).toEqual(['tenant']);
  });
});

describe('several policies while the storage fails for the second', () => {
  const open = (onStorageError: StorageErrorPolicy) => {
    const storage = new OneKeyStorage();
    storage.failing = (key) => key.includes('tenant');
    return new Limiter({ storage, policies, onStorageError, clock: () => 0 });
  };

  it("give back what was charged when it is 'closed'", async () => {
    const limiter = open('closed');
    await expect(
      limiter.consumeAll([
        ['api', 'a'],
        ['tenant', 'a'],
      ]),
    ).rejects.toThrow(StorageUnavailableError);
    expect(await remaining(limiter, 'api')).toBe(10);
  });

  it('give back what was charged when the local bucket refuses', async () => {
    const limiter = open('local');
    await limiter.consume('tenant', 'a', { cost: 3 });
    expect(
      await limiter.consumeAll([
        ['api', 'a'],
        ['tenant', 'a'],
      ]),
    ).toMatchObject({ allowed: false, decisions: [{ source: 'storage', remaining: 10 }, { source: 'local' }] });
    expect(await remaining(limiter, 'api')).toBe(10);
  });

  it("pass when it is 'open'", async () => {
    expect(
      await open('open').consumeAll([
        ['api', 'a'],
        ['tenant', 'a'],
      ]),
    ).toMatchObject({ allowed: true, decisions: [{ source: 'storage' }, { source: 'open' }] });
  });
});

describe('reservation', () => {
  const open = (storage: LimiterStorage = memoryStorage({ clock: () => 0 })) =>
    new Limiter({ storage, policies, clock: () => 0 });

  it.each([
    [0, 10],
    [1, 9],
    [4, 6],
    [7, 3],
    [10, 0],
    [1000, 0],
  ])('of 4, settled with %i, leaves %i of 10', async (used, left) => {
    const limiter = open();
    const reservation = await limiter.reserve('api', 'a', { cost: 4 });
    expect(await remaining(limiter, 'api')).toBe(6);
    await reservation.settle(used);
    expect(await remaining(limiter, 'api')).toBe(left);
  });

  it('is settled once', async () => {
    const limiter = open();
    const reservation = await limiter.reserve('api', 'a', { cost: 4 });
    await reservation.settle(3);
    await reservation.settle(0);
    expect(await remaining(limiter, 'api')).toBe(7);
  });

  it('stays charged when it is not settled', async () => {
    const limiter = open();
    await limiter.reserve('api', 'a', { cost: 4 });
    expect(await remaining(limiter, 'api')).toBe(6);
  });

  it('gives nothing back that was refused', async () => {
    const limiter = open();
    await limiter.consume('api', 'a', { cost: 8 });
    const refused = await limiter.reserve('api', 'a', { cost: 4 });
    expect(refused.decision.allowed).toBe(false);
    await refused.settle(0);
    expect(await remaining(limiter, 'api')).toBe(2);
  });

  it.each([-1, 1.5, NaN, '2', undefined])('refuses to be settled with %p, and can be settled still', async (used) => {
    const limiter = open();
    const reservation = await limiter.reserve('api', 'a', { cost: 4 });
    await expect(reservation.settle(used as number)).rejects.toThrow(LimiterSettleError);
    await reservation.settle(1);
    expect(await remaining(limiter, 'api')).toBe(9);
  });

  it('made in a local bucket is settled there', async () => {
    const storage = new OneKeyStorage();
    storage.failing = () => true;
    const limiter = new Limiter({ storage, policies, clock: () => 0, localDenialMaxAgeMs: 0 });
    const reservation = await limiter.reserve('api', 'a', { cost: 4 });
    expect(reservation.decision).toMatchObject({ source: 'local', remaining: 6 });
    storage.failing = () => false;
    await reservation.settle(0);
    expect(await limiter.consume('api', 'a')).toMatchObject({ source: 'storage', remaining: 9 });
    storage.failing = () => true;
    expect(await limiter.consume('api', 'a', { cost: 10 })).toMatchObject({ source: 'local', allowed: true });
  });

  it("reports a storage that fails when it is settled and the policy is 'closed'", async () => {
    const storage = new OneKeyStorage();
    const limiter = new Limiter({ storage, policies, onStorageError: 'closed' });
    const reservation = await limiter.reserve('api', 'a', { cost: 4 });
    storage.failing = () => true;
    await expect(reservation.settle(0)).rejects.toThrow(StorageUnavailableError);
  });
});

describe('decision channel', () => {
  it('publishes every decision once, as it came out, and not for whom', async () => {
    const heard: DecisionMessage[] = [];
    const listen = (message: unknown) => void heard.push(message as DecisionMessage);
    subscribe(limiterChannels.decision, listen);
    const limiter = new Limiter({ storage: memoryStorage({ clock: () => 0 }), policies });
    await limiter.consume('tenant', 'secret', { cost: 2 });
    await limiter.peek('tenant', 'secret');
    await limiter.consumeAll([
      ['api', 'secret'],
      ['tenant', 'secret', { cost: 2 }],
    ]);
    unsubscribe(limiterChannels.decision, listen);
    expect(
      heard.map(({ storage, cost, decision }) => [
        storage,
        cost,
        decision.policy,
        decision.allowed,
        decision.remaining,
      ]),
    ).toEqual([
      ['memory', 2, 'tenant', true, 1],
      ['memory', 1, 'api', true, 10],
      ['memory', 2, 'tenant', false, 1],
    ]);
    expect(JSON.stringify(heard)).not.toContain('secret');
  });
});
