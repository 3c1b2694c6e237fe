import { jest } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Cluster, Redis } from 'ioredis';
import { startRedis, describeWith, type RunningServer } from '@rookery/services';
import { redisClientOptions, redisStorage, type StorageFaultError } from '@rookery/limiter/redis';
import { applyRequest, emptyAt, limiterChannels, toNumbers, type ClockSkewMessage } from '@rookery/limiter';
import { ApplyCall } from '../src/adapters/redis/apply-call.js';
import { OneRateCall } from '../src/adapters/redis/one-rate-call.js';
import { isOneRate } from '../src/algorithm/one-rate.js';
import { APPLY_LUA } from '../src/adapters/redis/apply.lua.js';
import { OpenBucket } from '../src/algorithm/open-bucket.js';
import type { BucketLimit, LimiterStorage } from '../src/contracts/limiter-storage.js';
import { scenario } from './arbitrary-requests.js';
import { faultOf, firstFault } from './storage-faults.js';

const TIMEOUT_MS = 200;
const HOURLY: BucketLimit = { drainPerTick: 1, unitsPerToken: 3_600_000, capacity: 3 * 3_600_000, tickMicros: 1000 };
/** Buckets that drain within a millisecond would be gone before they are looked at. */
const LINGER_MS = 600_000;
const MAX = Number.MAX_SAFE_INTEGER;

const connect = (address: string): Redis => {
  const redis = new Redis(address, redisClientOptions(TIMEOUT_MS));
  redis.on('error', () => {});
  return redis;
};
const ready = async (redis: Redis): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (redis.status !== 'ready' && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(redis.status).toBe('ready');
};
const pollUntil = async (holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
type ServerTime = readonly [seconds: string, micros: string];
const milliseconds = ([seconds, micros]: ServerTime): number =>
  Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
/** As the script stores a bucket. */
const packed = (...numbers: number[]): Buffer => {
  const [updatedAt, count, kind, a, b, capacity, level, blockedUntil, seenAt] = numbers as [number, ...number[]];
  const isShort = numbers.length === 9 && count === 1 && kind! < 3 && blockedUntil === 0 && seenAt === updatedAt;
  if (isShort) return Buffer.concat([Buffer.from([kind!]), doubles(a!, b!, capacity!, level!, updatedAt)]);
  return doubles(...numbers);
};
const doubles = (...numbers: number[]): Buffer => {
  const bytes = Buffer.alloc(8 * numbers.length);
  numbers.forEach((number, index) => bytes.writeDoubleBE(number, 8 * index));
  return bytes;
};
const consume = async (storage: LimiterStorage, key: string, ...costs: number[]) =>
  storage.apply({ key, limits: [HOURLY], costs, timeoutMs: TIMEOUT_MS });

describeWith('redis', 'Redis storage', (address) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = connect(address);
    await ready(redis);
  });
  afterAll(() => redis.disconnect());

  it('decides, stores and converts exactly as applyRequest does', async () => {
    const patient = new Redis(address, { ...redisClientOptions(10_000), enableOfflineQueue: true });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ before, request, now }) => {
        const key = `test:${randomUUID()}`;
        if (before) await patient.set(key, packed(...toNumbers(before)));
        const script = APPLY_LUA.replace('/ 1000) + 1', `/ 1000) + 1 + ${LINGER_MS}`).replace(
          "redis.call('TIME')",
          `{ '${Math.floor(now / 1_000_000)}', '${now % 1_000_000}' }`,
        );
        const calls = [{ key, ...request }];
        const call = calls.every(isOneRate) ? new OneRateCall(calls, MAX) : new ApplyCall(calls, false, MAX);
        const [[, from], [, reply], [, stored], [, expiresAt], [, to]] = (await patient
          .multi()
          .time()
          .eval(script, 1, key, ...call.numbers)
          .getBuffer(key)
          .pexpiretime(key)
          .time()
          .exec()) as [[null, ServerTime], [null, number[]], [null, Buffer], [null, number], [null, ServerTime]];

        const { outcomes, next } = applyRequest(before, request, now);
        const opened = OpenBucket.of(before, request.limits, { now, wallNow: now });
        if (request.endLease !== undefined) opened.endLease(request.endLease);
        const reading = opened.reading();
        expect(call.decode(reply)).toEqual([{ aheadMicros: 0, reading, outcomes }]);
        if (next) {
          expect(stored).toEqual(packed(...toNumbers(next)));
          const lastsMs = (emptyAt(next) - now) / 1000;
          const longestMs = milliseconds(to) + Math.ceil(lastsMs) + 1 + LINGER_MS;
          expect(expiresAt).toBeGreaterThanOrEqual(Math.min(milliseconds(from) + lastsMs + LINGER_MS, MAX));
          // Beyond 2^53 the server's sum and this one are rounded apart.
          if (longestMs <= MAX) expect(expiresAt).toBeLessThanOrEqual(longestMs);
        }
        await patient.del(key);
      }),
      { numRuns: 600 },
    );
    patient.disconnect();
  }, 60_000);

  it('decides many buckets of one turn in one call, each for itself', async () => {
    const keys = Array.from({ length: 100 }, () => `test:${randomUUID()}`);
    await redis.set(keys[7]!, 'not a bucket');
    await redis.lpush(keys[70]!, 'x');
    const evalsha = jest.spyOn(redis, 'evalsha');
    const storage = redisStorage(redis, { maxKeysPerCall: 64 });
    await consume(storage, keys[0]!, 3);
    evalsha.mockClear();
    const answers = await Promise.allSettled(
      keys.flatMap((key) => [consume(storage, key, 2, 1, 1), consume(storage, key, 1)]),
    );
    expect(evalsha.mock.calls.map(([, count]) => count)).toEqual([32, 32, 64, 64, 8]);
    evalsha.mockRestore();
    const allowed = answers.map((answer) =>
      answer.status === 'fulfilled'
        ? answer.value.map((outcome) => outcome.allowed)
        : (answer.reason as StorageFaultError).fault,
    );
    const expected: unknown[] = keys.flatMap<unknown>((_, index) =>
      index === 7 || index === 70
        ? ['malformed', 'malformed']
        : index === 0
          ? [[false, false, false], [false]]
          : [[true, true, false], [false]],
    );
    expect(allowed).toEqual(expected);
  });

  it('charges several buckets or none in one call', async () => {
    const [first, second] = [`test:${randomUUID()}`, `test:${randomUUID()}`];
    const storage = redisStorage(redis);
    const both = (cost: number) =>
      storage.applyAll!(
        [first, second].map((key) => ({ key, limits: [HOURLY], costs: [cost], timeoutMs: TIMEOUT_MS })),
      );
    await consume(storage, second, 2);
    expect((await both(2)).map((outcome) => outcome.allowed)).toEqual([true, false]);
    expect(await redis.exists(first)).toBe(0);
    expect((await both(1)).map((outcome) => outcome.allowed)).toEqual([true, true]);
    expect((await both(1)).map((outcome) => outcome.allowed)).toEqual([true, false]);
    await redis.set(second, 'not a bucket');
    expect(await faultOf(both(1) as Promise<unknown>)).toBe('malformed');
    expect((await consume(storage, first, 2))[0]!.allowed).toBe(true);
  });

  it.each([0, 1.5, 1001])('refuses maxKeysPerCall %p', (maxKeysPerCall) => {
    expect(() => redisStorage(redis, { maxKeysPerCall })).toThrow(
      `redisStorage.maxKeysPerCall must be a whole number from 1 to 1000 (got ${maxKeysPerCall})`,
    );
  });

  it('heals a bucket from the future, even by a refusal, drains from then on, and reports it', async () => {
    const [key, seen] = [`test:${randomUUID()}`, [] as ClockSkewMessage[]];
    const listen = (message: unknown) => void seen.push(message as ClockSkewMessage);
    const limits = [{ drainPerTick: 1, unitsPerToken: 100_000, capacity: 200_000, tickMicros: 1 as const }];
    const storage = redisStorage(redis);
    const state = applyRequest(undefined, { limits, costs: [2] }, Date.now() * 1000 + 600_000_000).next!;
    await redis.set(key, packed(...toNumbers(state)));
    subscribe(limiterChannels.clockSkew, listen);
    try {
      const apply = () => storage.apply({ key, limits, costs: [1], timeoutMs: TIMEOUT_MS });
      expect((await apply())[0]!.allowed).toBe(false);
      await pollUntil(async () => (await apply())[0]!.allowed);
    } finally {
      unsubscribe(limiterChannels.clockSkew, listen);
    }
    expect(seen).toEqual([{ storage: 'redis', key, aheadMs: expect.any(Number) as number }]);
    expect(Math.abs(seen[0]!.aheadMs - 600_000)).toBeLessThan(5000);
    expect(await redis.pttl(key)).toBeLessThan(1000);
  });

  it('keeps the bucket until it is empty, to the millisecond, and no longer', async () => {
    const key = `test:${randomUUID()}`;
    const sentAt = Date.now();
    await consume(redisStorage(redis), key, 1);
    const expiresAt = Number(await redis.pexpiretime(key));
    expect(expiresAt).toBeGreaterThanOrEqual(sentAt + 3_600_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_002);
  });

  it('writes nothing when it refuses', async () => {
    const key = `test:${randomUUID()}`;
    const storage = redisStorage(redis);
    await consume(storage, key, 3);
    const stored = await redis.getBuffer(key);
    expect((await consume(storage, key, 3))[0]!.allowed).toBe(false);
    expect(await redis.getBuffer(key)).toEqual(stored);
  });

  it.each<Buffer | string>([
    'not a bucket',
    '',
    '24 characters of no use.',
    packed(5),
    packed(5, 1),
    packed(5, 1, 1, 0, 1, 1, 1, 0, 0),
    packed(5, 1, 1, 1, 0, 1, 1, 0, 0),
    packed(5, 1, 4, 1, 1, 1, 1, 0, 0),
    packed(5, 1, 1, 1, 1, NaN, 1, 0, 0),
    packed(5, 1, 1, 1, 1, 1, -1, 0, 0),
    packed(5, 1, 1, 1, 1, 1, 1.5, 0, 0),
    packed(5, 2, 1, 1, 1, 1, 1, 0, 0),
    packed(5, 0, 2 ** 53),
  ])('calls %p malformed, and never overwrites it', async (value) => {
    const key = `test:${randomUUID()}`;
    await redis.set(key, value);
    expect(await faultOf(consume(redisStorage(redis), key, 1))).toBe('malformed');
    expect(await redis.getBuffer(key)).toEqual(Buffer.from(value));
  });

  it('calls a key of another type malformed', async () => {
    const key = `test:${randomUUID()}`;
    await redis.lpush(key, 'x');
    expect(await faultOf(consume(redisStorage(redis), key, 1))).toBe('malformed');
  });

  it.each([undefined, {}, { eval: () => {} }])('refuses %p for a client, and says what it must be', (client) => {
    expect(() => redisStorage(client as never)).toThrow(
      /redisStorage.client must be a client or cluster of ioredis or of node-redis \(got /,
    );
  });
});

describeWith('redis', 'Redis storage when the server fails', () => {
  let server: RunningServer;
  let redis: Redis;
  let storage: LimiterStorage;
  const key = 'test:faults';
  const read = async () => storage.read({ key, limits: [HOURLY], timeoutMs: TIMEOUT_MS });
  const answering = async (): Promise<void> => {
    const deadline = Date.now() + 5000;
    while ((await faultOf(read())) !== 'none' && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  beforeEach(async () => {
    server = await startRedis({ args: ['--enable-debug-command', 'yes'] });
    redis = connect(server.address);
    await ready(redis);
    storage = redisStorage(redis);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });

  it('is one command for any number of costs', async () => {
    await consume(storage, key, 1);
    const commands = async () =>
      [...(await redis.info('commandstats')).matchAll(/cmdstat_(evalsha|eval|del):calls=(\d+)/g)]
        .map(([, name, calls]) => `${name} ${calls}`)
        .sort();
    const before = await commands();
    expect(before).toEqual(['eval 1', 'evalsha 1']);
    expect((await consume(storage, key, 1, 2, 1)).map((answer) => answer.allowed)).toEqual([true, false, true]);
    await consume(storage, key, 1);
    expect(await commands()).toEqual(['eval 1', 'evalsha 3']);
  });

  it('teaches a restarted server the script again (NOSCRIPT)', async () => {
    await consume(storage, key, 1);
    await server.restart();
    await ready(redis);
    expect((await consume(storage, key, 3))[0]!.allowed).toBe(true);
    await redis.script('FLUSH');
    expect((await consume(storage, key, 1))[0]!.allowed).toBe(false);
  });

  it('starts with an empty bucket after a flush', async () => {
    await consume(storage, key, 3);
    await redis.flushall();
    expect((await consume(storage, key, 3))[0]!.allowed).toBe(true);
  });

  it('fails in time while the server is frozen, and works again afterwards', async () => {
    server.pause();
    expect(await firstFault(() => consume(storage, key, 9))).toBe('timeout');
    server.resume();
    await answering();
    expect((await consume(storage, key, 1))[0]!.allowed).toBe(true);
  });

  it('fails at once while the server is dead, and works again after its restart', async () => {
    await server.kill();
    expect(await faultOf(consume(storage, key, 1))).toBe('unreachable');
    expect(await faultOf(storage.delete({ key, timeoutMs: TIMEOUT_MS }) as Promise<void>)).toBe('unreachable');
    await server.restart();
    await ready(redis);
    expect((await consume(storage, key, 1))[0]!.allowed).toBe(true);
  });

  it('tells a replica apart (READONLY)', async () => {
    const primary = await startRedis();
    try {
      await redis.replicaof('127.0.0.1', primary.port);
      await redis.config('SET', 'replica-serve-stale-data', 'yes');
      expect(await faultOf(consume(storage, key, 1))).toBe('readonly');
      await answering();
      expect(await storage.read({ key, limits: [HOURLY], timeoutMs: TIMEOUT_MS })).toEqual({ levels: [0] });
    } finally {
      await primary.stop();
    }
  });

  it('tells a full server apart (OOM)', async () => {
    await redis.config('SET', 'maxmemory', '1');
    expect(await faultOf(consume(storage, key, 1))).toBe('memory');
  });

  it('tells a server that loads its data apart (LOADING)', async () => {
    const reloading = connect(server.address);
    await ready(reloading);
    await redis.call('DEBUG', 'POPULATE', '20000');
    await redis.config('SET', 'key-load-delay', '1000', 'loading-process-events-interval-bytes', '1024');
    void reloading.call('DEBUG', 'RELOAD').catch(() => {});
    // While it writes the file, and between two looks at its clients, it does not answer at all.
    const deadline = Date.now() + 10_000;
    let fault = 'none';
    while (fault !== 'loading' && Date.now() < deadline) fault = await faultOf(consume(storage, key, 9));
    expect(fault).toBe('loading');
    reloading.disconnect();
    await server.kill();
  }, 20_000);
});

describeWith('redis', 'Redis storage on a cluster', () => {
  let nodes: RunningServer[];
  beforeAll(async () => {
    nodes = await Promise.all([
      startRedis({ args: ['--cluster-enabled', 'yes'] }),
      startRedis({ args: ['--cluster-enabled', 'yes'] }),
    ]);
    const [first, second] = nodes.map((node) => new Redis(node.address)) as [Redis, Redis];
    await first.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await second.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
    await first.call('CLUSTER', 'MEET', '127.0.0.1', String(nodes[1]!.port));
    const deadline = Date.now() + 20_000;
    for (const client of [first, second]) {
      while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok') && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 50));
      client.disconnect();
    }
  }, 30_000);
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  it('admits exactly the burst of every key, on whichever node it lies', async () => {
    const cluster = new Cluster(
      nodes.map(({ host, port }) => ({ host, port })),
      { redisOptions: { commandTimeout: 2000 } },
    );
    cluster.on('error', () => {});
    const storage = redisStorage(cluster);
    const admitted = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const answers = await Promise.all(Array.from({ length: 5 }, () => consume(storage, `rl:api:${index}`, 1)));
        return answers.filter(([answer]) => answer!.allowed).length;
      }),
    );
    expect(admitted).toEqual(Array.from({ length: 40 }, () => 3));
    cluster.disconnect();
  });

  it('tells a client that is not made for a cluster (MOVED)', async () => {
    const single = connect(nodes[0]!.address);
    await ready(single);
    const storage = redisStorage(single);
    const faults: string[] = [];
    for (let index = 0; index < 20; index++) faults.push(await faultOf(consume(storage, `rl:api:${index}`, 1)));
    expect(new Set(faults)).toEqual(new Set(['none', 'moved']));
    const together = await Promise.all(
      Array.from({ length: 20 }, (_, index) => faultOf(consume(storage, `rl:api:${index}`, 1))),
    );
    expect(new Set(together)).toEqual(new Set(['moved']));
    single.disconnect();
  });
});
