import { Limiter, limiterChannels, type LimiterStorage, type StorageErrorMessage } from '@rookery/limiter';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeWith, startRedis, type RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { until } from './until.js';

/** Where the server fails. */
const TIMEOUT_MS = 200;
/** Where nothing fails, a busy machine is to have its time. */
const PATIENT_MS = 10_000;
const LIMIT = 10;
/** The rights that a user of Redis needs by the README. */
const ACL = ['~rl:*', 'resetchannels', '-@all', '+evalsha', '+eval', '+get', '+set', '+time', '+del'];

interface Connection {
  readonly storage: LimiterStorage;
  close(): unknown;
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
}

const CLIENTS: Record<
  string,
  (server: RunningServer, timeoutMs: number, credentials?: Credentials) => Promise<Connection>
> = {
  ioredis: (server, timeoutMs, credentials = {}) => {
    const { host, port } = server;
    const redis = new Redis({ host, port, ...credentials, ...redisClientOptions(timeoutMs) });
    return Promise.resolve({ storage: redisStorage(redis), close: () => redis.disconnect() });
  },
  'node-redis': async ({ host, port }, timeoutMs, credentials = {}) => {
    const { socket, ...options } = nodeRedisClientOptions(timeoutMs);
    const client = createClient({ ...options, ...credentials, socket: { ...socket, host, port } });
    client.on('error', () => undefined);
    const storage = redisStorage(client);
    await client.connect();
    return { storage, close: () => client.destroy() };
  },
};

const open = (storage: LimiterStorage, timeoutMs = PATIENT_MS) =>
  new Limiter({
    storage,
    policies: { api: { limit: LIMIT, per: '1h' }, tenant: { limit: 3, per: '1h' } },
    timeoutMs,
    localDenialMaxAgeMs: 0,
    readyTimeoutMs: PATIENT_MS,
  });

/** The server's own error. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause === undefined ? message : reasonOf(cause);
}

describe.each(Object.keys(CLIENTS))('Redis by %s', (name) => {
  describeWith('redis', 'a server', () => {
    let server: RunningServer;
    let admin: Redis;
    let connections: Connection[];
    const connect = async (credentials?: Credentials, timeoutMs = PATIENT_MS) => {
      const connection = await CLIENTS[name]!(server, timeoutMs, credentials);
      connections.push(connection);
      return open(connection.storage, timeoutMs);
    };
    beforeEach(async () => {
      connections = [];
      server = await startRedis();
      admin = new Redis(server.address);
      admin.on('error', () => undefined);
    });
    afterEach(async () => {
      for (const connection of connections) await connection.close();
      admin.disconnect();
      await server.stop();
    });

    it('admits exactly the limit of many at once, by two processes', async () => {
      const limiters = [await connect(), await connect()];
      await Promise.all(limiters.map((limiter) => limiter.ready()));
      const decisions = await Promise.all(
        Array.from({ length: 100 }, (_, index) => limiters[index % 2]!.consume('api', 'ann')),
      );
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(LIMIT);
      expect(new Set(decisions.map(({ source }) => source))).toEqual(new Set(['storage']));
    });

    it('reserves, settles, peeks, deletes, and charges several policies all or none', async () => {
      const limiter = await connect();
      await limiter.ready();
      const reservation = await limiter.reserve('api', 'ann', { cost: 4 });
      await reservation.settle(1);
      expect((await limiter.peek('api', 'ann')).remaining).toBe(LIMIT - 1);
      const { allowed } = await limiter.consumeAll([
        ['api', 'ann'],
        ['tenant', 't', { cost: 3 }],
      ]);
      expect(allowed).toBe(true);
      expect(
        (
          await limiter.consumeAll([
            ['api', 'ann'],
            ['tenant', 't'],
          ])
        ).allowed,
      ).toBe(false);
      expect((await limiter.peek('api', 'ann')).remaining).toBe(LIMIT - 2);
      await limiter.delete('api', 'ann');
      expect(await limiter.peek('api', 'ann')).toMatchObject({ remaining: LIMIT, source: 'storage' });
    });

    it('teaches a restarted server the script again, and is back by itself', async () => {
      const limiter = await connect(undefined, TIMEOUT_MS);
      await until('the storage decides', async () => (await limiter.consume('api', 'ann')).source === 'storage');
      await server.kill();
      await until('it is local', async () => (await limiter.consume('api', 'ann')).source === 'local');
      await server.restart();
      await until('it is back', async () => (await limiter.consume('api', 'bob')).source === 'storage');
    });

    it('answers within timeoutMs while the server is frozen, and is back by itself', async () => {
      const limiter = await connect(undefined, TIMEOUT_MS);
      await limiter.ready();
      server.pause();
      await until('it is local', async () => (await limiter.consume('api', 'ann')).source === 'local');
      const from = performance.now();
      await Promise.all(Array.from({ length: 10 }, (_, index) => limiter.consume('api', `key ${index}`)));
      expect(performance.now() - from).toBeLessThan(TIMEOUT_MS + 1000);
      server.resume();
      await until('it is back', async () => (await limiter.consume('api', 'bob')).source === 'storage');
    });

    it('needs no more than the commands and keys of its ACL', async () => {
      await admin.acl('SETUSER', 'limiter', 'on', '>secret', ...ACL);
      const limiter = await connect({ username: 'limiter', password: 'secret' });
      await limiter.ready();
      expect(await limiter.consume('api', 'ann')).toMatchObject({ source: 'storage', remaining: LIMIT - 1 });
      expect(
        (
          await limiter.reserveAll([
            ['api', 'ann'],
            ['tenant', 't'],
          ])
        ).allowed,
      ).toBe(true);
      expect((await limiter.peek('api', 'ann')).source).toBe('storage');
      await limiter.delete('api', 'ann');
      await limiter.check();
    });

    it.each(['+evalsha', '+eval', '+get', '+set', '+time', '+del'])('needs %s', async (command) => {
      const rules = ACL.filter((rule) => rule !== command);
      await admin.acl('SETUSER', 'limiter', 'on', '>secret', ...rules);
      const limiter = await connect({ username: 'limiter', password: 'secret' });
      // What a script calls is not named.
      const refusal = new RegExp(`no permissions to run the '${command.slice(1)}' command|user executing the script`);
      const reasons: string[] = [];
      const listen = (message: unknown) => void reasons.push(reasonOf((message as StorageErrorMessage).error));
      subscribe(limiterChannels.storageError, listen);
      try {
        await until('the server refuses the command', async () => {
          await limiter.consume('api', 'ann');
          await limiter.delete('api', 'ann').catch(() => undefined);
          return reasons.some((reason) => refusal.test(reason));
        });
      } finally {
        unsubscribe(limiterChannels.storageError, listen);
      }
    });
  });
});

describeWith('redis', 'a cluster by node-redis', () => {
  it('admits exactly the limit of every key', async () => {
    const node = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] });
    const admin = new Redis(node.address);
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await until('the cluster is ready', async () =>
      String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok'),
    );
    const cluster = createCluster({ rootNodes: [{ socket: { host: node.host, port: node.port } }] });
    cluster.on('error', () => undefined);
    const limiter = open(redisStorage(cluster));
    await cluster.connect();
    const admitted = await Promise.all(
      Array.from({ length: 20 }, async (_, key) => {
        const calls = Array.from({ length: LIMIT + 3 }, () => limiter.consume('api', `key ${key}`));
        return (await Promise.all(calls)).filter(({ allowed, source }) => allowed && source === 'storage').length;
      }),
    );
    expect(admitted).toEqual(Array.from({ length: 20 }, () => LIMIT));
    await cluster.close();
    admin.disconnect();
    await node.stop();
  });
});
