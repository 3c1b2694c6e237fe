import { ConsoleLogger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Limiter, LimiterModule, memoryStorage, StorageUnavailableError, type LimiterStorage } from '@rookery/limiter';
import { clusterStorage } from '@rookery/limiter/cluster';
import { redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeWith, startRedis, type RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';
import { received, startProcess } from './processes/start.js';
import { until } from './until.js';

/** Keeps what the limiter logs. */
class RecordingLogger extends ConsoleLogger {
  readonly lines: string[] = [];
  override log(message: unknown, context?: unknown): void {
    this.#keep('LOG', message, context);
  }
  override warn(message: unknown, context?: unknown): void {
    this.#keep('WARN', message, context);
  }
  override error(message: unknown, context?: unknown): void {
    this.#keep('ERROR', message, context);
  }
  #keep(level: string, message: unknown, context: unknown): void {
    if (String(context).startsWith('Limiter:')) this.lines.push(`${level} ${String(context)} ${String(message)}`);
  }
}

/** Where nothing fails, a busy machine is to have its time. */
const PATIENT = { timeoutMs: 10_000, readyTimeoutMs: 10_000 };

async function start(storage: LimiterStorage, more: object = {}) {
  const logger = new RecordingLogger();
  const policies = { api: { limit: 100, per: '1h' } } as const;
  const module = LimiterModule.forRoot({ storage, policies, timeoutMs: 100, readyTimeoutMs: 500, ...more });
  const testing = await Test.createTestingModule({ imports: [module] })
    .setLogger(logger)
    .compile();
  const from = performance.now();
  await testing.init();
  return { testing, logger, limiter: testing.get(Limiter), startMs: performance.now() - from };
}

describeWith('redis', 'a module whose storage is Redis', () => {
  let server: RunningServer;
  let redis: Redis;
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    redis.disconnect();
    await server.stop();
  });
  const connect = (password?: string): LimiterStorage => {
    redis = new Redis({
      host: server.host,
      port: server.port,
      ...(password && { password }),
      ...redisClientOptions(PATIENT.timeoutMs),
    });
    return redisStorage(redis);
  };

  it('waits at start until Redis is connected, so that the first call is counted there', async () => {
    const { testing, limiter, logger } = await start(connect(), PATIENT);
    expect((await limiter.consume('api', 'ann')).source).toBe('storage');
    expect(logger.lines).toEqual([]);
    await testing.close();
  });

  it('logs a wrong password once, and starts all the same', async () => {
    const admin = new Redis(server.address);
    await admin.config('SET', 'requirepass', 'secret');
    admin.disconnect();
    const { testing, limiter, logger, startMs } = await start(connect('wrong'));
    for (let call = 0; call < 20; call++) expect((await limiter.consume('api', 'ann')).source).toBe('local');
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatch(
      /^WARN Limiter:default storage 'redis' fails, so each process limits on its own \(onStorageError: 'local'\): redis: the server cannot be reached \(WRONGPASS /,
    );
    expect(startMs).toBeLessThan(3000);
    await expect(limiter.ready()).rejects.toThrow(StorageUnavailableError);
    await expect(limiter.ready()).rejects.toThrow(/WRONGPASS/);
    await testing.close();
  });

  it('logs one line when it fails and one when it is back', async () => {
    const { testing, limiter, logger } = await start(connect(), PATIENT);
    await server.kill();
    await until('it is noticed', async () => (await limiter.consume('api', 'ann')).source === 'local');
    for (let call = 0; call < 20; call++) await limiter.consume('api', 'ann');
    expect(logger.lines).toEqual([
      expect.stringMatching(/^WARN Limiter:default storage 'redis' fails, so each process/),
    ]);
    await server.restart();
    await until('the second line', async () => {
      await limiter.consume('api', 'ann');
      return logger.lines.length > 1;
    });
    for (let call = 0; call < 20; call++) await limiter.consume('api', 'ann');
    expect(logger.lines.slice(1)).toEqual([
      expect.stringMatching(/^LOG Limiter:default storage 'redis' is back after \d+ ms$/),
    ]);
    await testing.close();
  });
});

it('waits for no storage that answers at once, nor with readyTimeoutMs: 0', async () => {
  const { testing, limiter, logger } = await start(memoryStorage());
  await limiter.ready();
  expect(logger.lines).toEqual([]);
  await testing.close();
  const silent = Object.assign(memoryStorage(), { read: () => new Promise<never>(() => undefined) });
  const other = await start(silent, { readyTimeoutMs: 0, onStorageError: 'closed' });
  expect(other.startMs).toBeLessThan(2000);
  expect(other.logger.lines).toEqual([expect.stringContaining('calls are refused with 503')]);
  await other.testing.close();
});

it('says why a worker whose primary does not serve has no answer, as under PM2', async () => {
  const worker = startProcess('./cluster-without-storage.ts');
  const line = await received(worker, (message) => (message as { line?: string }).line);
  expect(line).toMatch(
    /the primary has not answered yet: call clusterStorage\(\) in it too, by the same name; the primary of PM2/,
  );
  const { fast } = (await received(
    worker,
    (message) => (message as { fast?: boolean }).fast !== undefined && message,
  )) as {
    fast: boolean;
  };
  expect(fast).toBe(true);
  worker.kill();
  expect(clusterStorage).toBeDefined();
});
