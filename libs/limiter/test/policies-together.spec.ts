import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describeWith } from '@rookery/services';
import { Limiter, type LimiterStorage } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { connectMemcached } from './memcached-client.js';

const TIMEOUT_MS = 5000;
/** A day, so that nothing drains while a test runs. */
const policies = { address: { limit: 100, per: '1d' }, tenant: { limit: 30, per: '1d' } } as const;

/** What the two processes of an application would do, with buckets that both see. */
function together(open: () => Promise<{ storage: LimiterStorage; close: () => void }>): void {
  const closing: (() => void)[] = [];
  let limiters: Limiter[];
  beforeEach(async () => {
    const prefix = `t-${randomUUID()}`;
    const opened = await Promise.all([open(), open()]);
    closing.push(...opened.map(({ close }) => close));
    limiters = opened.map(
      ({ storage }) => new Limiter({ storage, policies, prefix, timeoutMs: TIMEOUT_MS, onStorageError: 'closed' }),
    );
  });
  afterEach(() => closing.splice(0).forEach((close) => close()));
  const remaining = async (policy: 'address' | 'tenant', key: string) =>
    (await limiters[0]!.peek(policy, key)).remaining;

  it("admits exactly the tenant's limit from many addresses, and gives back what it refused", async () => {
    const addresses = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(
      Array.from({ length: 80 }, async (_, index) => {
        const address = addresses[index % addresses.length]!;
        return {
          address,
          allowed: (
            await limiters[index % 2]!.consumeAll([
              ['address', address],
              ['tenant', 't'],
            ])
          ).allowed,
        };
      }),
    );
    expect(answers.filter((answer) => answer.allowed)).toHaveLength(30);
    for (const address of addresses) {
      const admitted = answers.filter((answer) => answer.allowed && answer.address === address).length;
      expect(await remaining('address', address)).toBe(100 - admitted);
    }
  });

  it('settles what was reserved: less, more, and more than there is', async () => {
    const [one, other] = limiters;
    const less = await one!.reserve('tenant', 't', { cost: 10 });
    const more = await other!.reserve('tenant', 't', { cost: 10 });
    expect(await remaining('tenant', 't')).toBe(10);
    await less.settle(4);
    await more.settle(12);
    expect(await remaining('tenant', 't')).toBe(14);
    await (await one!.reserve('tenant', 't', { cost: 1 })).settle(1000);
    expect(await remaining('tenant', 't')).toBe(0);
    expect((await other!.consume('tenant', 't')).allowed).toBe(false);
  });

  it('loses no refund of many at once', async () => {
    const reservations = await Promise.all(
      Array.from({ length: 30 }, (_, index) => limiters[index % 2]!.reserve('tenant', 't')),
    );
    expect(await remaining('tenant', 't')).toBe(0);
    await Promise.all(reservations.map((reservation) => reservation.settle(0)));
    expect(await remaining('tenant', 't')).toBe(30);
  });
}

describeWith('redis', 'policies together, in Redis', (url) => {
  together(async () => {
    const redis = new Redis(url, { ...redisClientOptions(TIMEOUT_MS), lazyConnect: true });
    await redis.connect();
    return { storage: redisStorage(redis), close: () => redis.disconnect() };
  });
});

describeWith('memcached', 'policies together, in memcached', (servers) => {
  together(async () => {
    const { client, close } = connectMemcached(servers.split(',')[0]!);
    return Promise.resolve({ storage: memcachedStorage(client), close });
  });
});
