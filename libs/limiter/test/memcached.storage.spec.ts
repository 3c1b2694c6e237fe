import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describeWith, startMemcached, type RunningServer } from '@rookery/services';
import { memcachedStorage } from '@rookery/limiter/memcached';
import {
  Limiter,
  limiterChannels,
  type BucketLimit,
  type RateBucketLimit,
  type ClockSkewMessage,
  type ContentionMessage,
  type LimiterStorage,
} from '@rookery/limiter';
import { connectMemcached, SpyClient } from './memcached-client.js';
import { faultOf, firstFault } from './storage-faults.js';
import { until } from './until.js';

const TIMEOUT_MS = 2000;
/** Where nothing fails, a busy machine is to have its time. */
const PATIENT_MS = 10_000;
const NOW = 1_767_225_600_000_000;
const HOURLY: RateBucketLimit = {
  drainPerTick: 1,
  unitsPerToken: 3_600_000,
  capacity: 3 * 3_600_000,
  tickMicros: 1000,
};
const SECONDLY: RateBucketLimit = { drainPerTick: 1, unitsPerToken: 1_000_000, capacity: 3_000_000, tickMicros: 1 };

const consume = async (storage: LimiterStorage, key: string, cost = 1, limit = HOURLY, timeoutMs = TIMEOUT_MS) => {
  const [answer] = await storage.apply({ key, limits: [limit], costs: [cost], timeoutMs });
  return answer!.allowed;
};
const level = async (storage: LimiterStorage, key: string, limit = HOURLY) =>
  (await storage.read({ key, limits: [limit], timeoutMs: TIMEOUT_MS })).levels[0]! / limit.unitsPerToken;

describeWith('memcached', 'memcached storage', (servers) => {
  const [address] = servers.split(',') as [string];
  const { client, close } = connectMemcached(address);
  afterAll(close);
  let key: string;
  let spy: SpyClient;
  beforeEach(() => {
    key = `test:${randomUUID()}`;
    spy = new SpyClient(client);
  });

  it('admits in two round trips, and refuses in one that writes nothing', async () => {
    const storage = memcachedStorage(spy);
    expect(await consume(storage, key, 2)).toBe(true);
    expect(await consume(storage, key, 1)).toBe(true);
    expect(await consume(storage, key, 1)).toBe(false);
    expect(spy.calls).toEqual(['gets', 'add', 'gets', 'cas', 'gets']);
  });

  it('finds its own nonce after a lost reply, and charges once', async () => {
    const storage = memcachedStorage(spy);
    for (const expected of [1, 2]) {
      spy.beforeWrite = () => Promise.resolve('lose-reply');
      expect(await consume(storage, key)).toBe(true);
      spy.beforeWrite = undefined;
      expect(await level(storage, key)).toBeCloseTo(expected, 2);
    }
  });

  it('never takes the write of another for its own when a request is lost', async () => {
    const [one, other] = [memcachedStorage(spy), memcachedStorage(client)];
    let writes = 0;
    spy.beforeWrite = async () => {
      if (writes++ > 0) return 'send';
      expect(await consume(other, key, 3)).toBe(true);
      return 'lose-request';
    };
    expect(await consume(one, key, 3)).toBe(false);
    expect(await level(one, key)).toBeCloseTo(3, 2);
  });

  it('decides again when another was faster', async () => {
    const [one, other] = [memcachedStorage(spy), memcachedStorage(client)];
    let writes = 0;
    spy.beforeWrite = async () => {
      if (writes++ === 0) await consume(other, key, 2);
      return 'send';
    };
    expect(await consume(one, key, 1)).toBe(true);
    expect(await consume(one, key, 1)).toBe(false);
  });

  it('gives up with a contention error, and reports it on its channel, when others are always faster', async () => {
    const [one, other] = [memcachedStorage(spy, { random: () => 0.5 }), memcachedStorage(client)];
    const limit: BucketLimit = { drainPerTick: 1, unitsPerToken: 1, capacity: 1_000_000_000, tickMicros: 1000 };
    const seen: ContentionMessage[] = [];
    const listen = (message: unknown) => seen.push(message as ContentionMessage);
    subscribe(limiterChannels.contention, listen);
    spy.beforeWrite = async () => {
      await consume(other, key, 1_000_000, limit);
      return 'send';
    };
    const startedAt = performance.now();
    // Long enough for several attempts, on a busy machine too.
    expect(await faultOf(consume(one, key, 1, limit, 1000))).toBe('contention');
    expect(performance.now() - startedAt).toBeLessThan(PATIENT_MS);
    unsubscribe(limiterChannels.contention, listen);
    expect(seen).toEqual([{ storage: 'memcached', key, attempts: expect.any(Number) as number }]);
    expect(seen[0]!.attempts).toBeGreaterThan(1);
  });

  it('heals a bucket from the future, even by a refusal, and drains from then on', async () => {
    let now = NOW;
    const storage = memcachedStorage(spy, { clock: () => now });
    now = NOW + 3_600_000_000;
    expect(await consume(storage, key, 3, SECONDLY)).toBe(true);
    now = NOW;
    const seen: ClockSkewMessage[] = [];
    const listen = (message: unknown) => seen.push(message as ClockSkewMessage);
    subscribe(limiterChannels.clockSkew, listen);
    expect(await consume(storage, key, 1, SECONDLY)).toBe(false);
    now += 1_000_000;
    expect(await consume(storage, key, 1, SECONDLY)).toBe(true);
    unsubscribe(limiterChannels.clockSkew, listen);
    expect(seen).toEqual([{ storage: 'memcached', key, aheadMs: 3_600_000 }]);
  });

  it('leaves a bucket alone that is ahead by less than the skew', async () => {
    let now = NOW + 900_000;
    const storage = memcachedStorage(spy, { clock: () => now, maxSkewMs: 1000 });
    await consume(storage, key, 3, SECONDLY);
    now = NOW;
    expect(await consume(storage, key, 1, SECONDLY)).toBe(false);
    now = NOW + 1_899_999;
    expect(await consume(storage, key, 1, SECONDLY)).toBe(false);
    now += 1;
    expect(await consume(storage, key, 1, SECONDLY)).toBe(true);
  });

  it('keeps a bucket in the server until it is empty by the clock', async () => {
    const storage = memcachedStorage(client, { maxSkewMs: 0 });
    const limit: BucketLimit = { drainPerTick: 1, unitsPerToken: 950_000, capacity: 1_900_000, tickMicros: 1 };
    const before = Date.now();
    await consume(storage, key, 2, limit);
    for (let left = 1; left > 0;) {
      ({
        levels: [left],
      } = (await storage.read({ key, limits: [limit], timeoutMs: TIMEOUT_MS })) as { levels: [number] });
      // Below: the clock moved on between the two readings. Above: a bucket that expired early would read 0 here.
      if (left === 0) expect(Date.now() - before).toBeGreaterThanOrEqual(1899);
      else expect(left).toBeGreaterThanOrEqual(1_900_000 - (Date.now() - before + 1) * 1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('keeps a bucket that takes longer than 30 days', async () => {
    const storage = memcachedStorage(client);
    const yearly: BucketLimit = {
      drainPerTick: 1,
      unitsPerToken: 365 * 86_400_000,
      capacity: 365 * 86_400_000,
      tickMicros: 1000,
    };
    expect(await consume(storage, key, 1, yearly)).toBe(true);
    expect(await consume(storage, key, 1, yearly)).toBe(false);
  });

  it('calls a key that holds something else malformed, and never overwrites it', async () => {
    await client.add(key, 'not a bucket', { ttl: '60s' });
    expect(await faultOf(consume(memcachedStorage(client), key))).toBe('malformed');
    expect((await client.gets(key))!.value).toBe('not a bucket');
  });

  it('names every wrong option at once', () => {
    expect(() => memcachedStorage({} as never, { maxSkewMs: -1, name: '' })).toThrow(
      /3 limiter options are wrong:[^]*client must have[^]*\(got {}\)[^]*name must[^]*maxSkewMs must be whole milliseconds from 0 to 86400000 \(got -1\)/,
    );
  });
});

describeWith('memcached', 'memcached storage when the server fails', () => {
  let server: RunningServer;
  let connections: ReturnType<typeof connectMemcached>[];
  let storage: LimiterStorage;
  const key = 'test:faults';
  const connect = (timeoutMs: number): LimiterStorage => {
    const connection = connectMemcached(server.address, timeoutMs);
    connections.push(connection);
    return memcachedStorage(connection.client);
  };
  beforeEach(async () => {
    connections = [];
    server = await startMemcached();
    storage = connect(PATIENT_MS);
    expect(await consume(storage, key, 2)).toBe(true);
  });
  afterEach(async () => {
    for (const connection of connections) connection.close();
    await server.stop();
  });
  /** The same connection serves again: a look at the bucket charges nothing, however often it fails. */
  const recovered = async (storage: LimiterStorage): Promise<void> =>
    until('it is back', async () => (await faultOf(level(storage, key))) === 'none');

  it('fails in time while it is frozen, and then knows what it knew', async () => {
    const impatient = connect(150);
    server.pause();
    expect(await firstFault(() => level(impatient, key))).toBe('timeout');
    server.resume();
    await recovered(impatient);
    expect(await consume(storage, key, 2)).toBe(false);
    expect(await consume(storage, key, 1)).toBe(true);
  });

  it('forgives at a flush under load, and fails no call', async () => {
    const [burst, flushes] = [50, 5];
    const policies = { api: { limit: burst, per: '1h' } } as const;
    const limiter = new Limiter({
      storage,
      policies,
      timeoutMs: PATIENT_MS,
      onStorageError: 'closed',
      localDenialMaxAgeMs: 0,
    });
    let [admitted, refusals, running] = [0, 0, true];
    const caller = async (): Promise<void> => {
      while (running) {
        // A call that is late would reject.
        const { allowed } = await limiter.consume('api', 'flushed');
        if (allowed) admitted++;
        else refusals++;
      }
    };
    const callers = Promise.all(Array.from({ length: 20 }, caller));
    const usedUp = async (): Promise<void> => {
      // Twenty may be under way, sent before the flush.
      const enough = refusals + 100;
      const deadline = Date.now() + 5000;
      while (refusals < enough && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    };
    await usedUp();
    for (let flush = 0; flush < flushes; flush++) {
      expect(await flushAll(server)).toBe('OK\r\n');
      await usedUp();
    }
    running = false;
    await callers;
    expect(admitted).toBe(burst * (flushes + 1));
  }, 30_000);

  it('fails while it is dead, and starts with empty buckets after its restart', async () => {
    await server.kill();
    expect(await faultOf(consume(connect(150), key))).toMatch(/unreachable|timeout/);
    expect(await faultOf(consume(storage, key))).toMatch(/unreachable|timeout/);
    await server.restart();
    await recovered(storage);
    expect(await consume(storage, key, 3)).toBe(true);
    expect(await consume(storage, key, 1)).toBe(false);
  });
});

async function flushAll({ host, port }: RunningServer): Promise<string> {
  const socket = connect(port, host).setEncoding('utf8');
  socket.write('flush_all\r\n');
  const [reply] = (await once(socket, 'data')) as [string];
  socket.destroy();
  return reply;
}
