import { Limiter, LimiterCostError, LimiterLeaseError, memoryStorage } from '@rookery/limiter';

const SECOND = 1_000_000;
/** In the middle of an hour, a day, a week and a month. */
const NOON = Date.parse('2026-05-14T12:30Z') * 1000;

describe('kinds of limit', () => {
  let now: number;
  beforeEach(() => (now = NOON));
  const open = <T extends ConstructorParameters<typeof Limiter>[0]['policies']>(
    policies: T,
    onStorageError?: 'local',
  ) =>
    new Limiter({
      storage: memoryStorage({ clock: () => now }),
      clock: () => now,
      policies,
      ...(onStorageError && { onStorageError }),
    });

  it('say what refused, and until when', async () => {
    const limiter = open({
      api: { limit: 1, per: '1s', blockFor: '15m' },
      month: { quota: 2, every: 'month', timeZone: 'Europe/Berlin' },
      report: { concurrency: 1, leaseMs: 30_000 },
    });
    await limiter.consume('api', 'a');
    expect(await limiter.consume('api', 'a')).toMatchObject({
      allowed: false,
      reason: 'blocked',
      retryAfterMs: 900_000,
    });
    now += 60 * SECOND;
    expect(await limiter.peek('api', 'a')).toMatchObject({ allowed: false, reason: 'blocked', retryAfterMs: 840_000 });
    expect(await limiter.consume('month', 'a', { cost: 2 })).toMatchObject({ allowed: true, remaining: 0, limit: 2 });
    const tillJune = Date.parse('2026-05-31T22:00Z') - now / 1000;
    expect(await limiter.consume('month', 'a')).toMatchObject({
      allowed: false,
      reason: 'quota',
      retryAfterMs: tillJune,
    });
    const held = await limiter.reserve('report', 'a');
    const { decision } = await limiter.reserve('report', 'a');
    expect(decision).toMatchObject({ allowed: false, reason: 'concurrency', retryAfterMs: 30_000, limit: 1 });
    await held.release();
    expect((await limiter.peek('report', 'a')).allowed).toBe(true);
  });

  it('renew a quota at the boundary of its own calendar', async () => {
    const limiter = open({ day: { quota: 1, every: 'day', timeZone: 'America/New_York' } });
    const consume = async () => (await limiter.consume('day', 'a')).allowed;
    expect([await consume(), await consume()]).toEqual([true, false]);
    now = Date.parse('2026-05-15T03:59:59.999Z') * 1000;
    expect(await consume()).toBe(false);
    now += 1000;
    expect([await consume(), await consume()]).toEqual([true, false]);
    now += 30 * 86_400 * SECOND;
    expect([await consume(), await consume()]).toEqual([true, false]);
  });

  it('hold a quota through a clock that steps ten minutes both ways', async () => {
    const limiter = open({ hour: { quota: 3, every: 'hour' } });
    const admitted = async () => {
      let count = 0;
      while ((await limiter.consume('hour', 'a')).allowed) count++;
      return count;
    };
    now = NOON + 25 * 60 * SECOND;
    expect(await admitted()).toBe(3);
    now += 600 * SECOND;
    expect(await admitted()).toBe(3);
    now -= 600 * SECOND;
    expect(await admitted()).toBe(0);
    now += 600 * SECOND;
    expect(await admitted()).toBe(0);
  });

  it('release each call of several policies, or none was held', async () => {
    const limiter = open({
      one: { concurrency: 1, leaseMs: 1000 },
      two: {
        limits: [
          { concurrency: 2, leaseMs: 1000 },
          { limit: 1, per: '1h' },
        ],
      },
    });
    const first = await limiter.reserveAll([
      ['one', 'a'],
      ['two', 'a'],
    ]);
    expect(first.allowed).toBe(true);
    for (const each of first.reservations) await each.release();
    expect(
      (
        await limiter.reserveAll([
          ['one', 'a'],
          ['two', 'a'],
        ])
      ).allowed,
    ).toBe(false);
    expect((await limiter.peek('one', 'a')).remaining).toBe(1);
    expect((await limiter.peek('two', 'a')).limits[0]).toMatchObject({ remaining: 2 });
  });

  it('let a reservation go into debt, and no further', async () => {
    const limiter = open({ tokens: { limit: 100, per: '100s', maxDebt: 50 } });
    const held = await limiter.reserve('tokens', 'a', { cost: 60 });
    await held.settle(500);
    expect(await limiter.peek('tokens', 'a')).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: 51_000 });
  });

  it('refuse what cannot be honoured', async () => {
    const limiter = open({ report: { concurrency: 1, leaseMs: 1000 } });
    await expect(limiter.consume('report', 'a')).rejects.toThrow(LimiterLeaseError);
    await expect(limiter.consumeAll([['report', 'a']])).rejects.toThrow(LimiterLeaseError);
    await expect(limiter.reserve('report', 'a', { cost: 2 })).rejects.toThrow(LimiterCostError);
  });
});
