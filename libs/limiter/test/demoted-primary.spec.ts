import { Limiter, type Decision, type LimiterStorage } from '@rookery/limiter';
import { nodeRedisClientOptions, redisClientOptions, redisStorage } from '@rookery/limiter/redis';
import { describeWith, startRedis, type RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';
import { RunnableTime } from './runnable-time.js';
import { until } from './until.js';

const TIMEOUT_MS = 50;
const LEFT_WITHIN_MS = 1000;
/** A machine that is shared may take its time for what the limiter does not do. */
const SLACK_MS = 1000;

/** One name that leads to the primary: what a service of Kubernetes or a DNS name of ElastiCache is. */
class MovingName {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  target = 0;

  constructor() {
    this.#server = createServer((socket) => {
      const upstream = connect(this.target, '127.0.0.1');
      this.#sockets.add(socket);
      for (const each of [socket, upstream]) each.on('error', () => undefined);
      socket.on('close', () => upstream.destroy()).pipe(upstream);
      upstream.on('close', () => socket.destroy()).pipe(socket);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

/** A client of the server on `port`, as the documentation has it. */
const CLIENTS: Readonly<Record<string, (port: number) => Promise<{ storage: LimiterStorage; close: () => void }>>> = {
  ioredis: (port) => {
    const redis = new Redis(port, '127.0.0.1', redisClientOptions(TIMEOUT_MS));
    return Promise.resolve({ storage: redisStorage(redis), close: () => redis.disconnect() });
  },
  'node-redis': async (port) => {
    const { socket, ...options } = nodeRedisClientOptions(TIMEOUT_MS);
    const client = createClient({ ...options, socket: { ...socket, host: '127.0.0.1', port } });
    client.on('error', () => undefined);
    await client.connect();
    return { storage: redisStorage(client), close: () => client.destroy() };
  },
};

describe.each(Object.keys(CLIENTS))('%s', (clientName) => {
  describeWith('redis', 'one name whose primary changes', () => {
    let name: MovingName;
    let servers: RunningServer[];
    let admins: Redis[];
    let client: { storage: LimiterStorage; close: () => void };
    let limiter: Limiter;

    beforeEach(async () => {
      servers = [await startRedis(), await startRedis()];
      admins = servers.map(({ address }) => new Redis(address, { maxRetriesPerRequest: 1 }));
      for (const admin of admins) admin.on('error', () => undefined);
      await admins[1]!.replicaof('127.0.0.1', servers[0]!.port);
      await until('the replica follows', async () =>
        (await admins[1]!.info('replication')).includes('master_link_status:up'),
      );
      name = new MovingName();
      name.target = servers[0]!.port;
      client = await CLIENTS[clientName]!(await name.listen());
      // A token that drains soon removes its key.
      const policies = { api: { limit: 1, per: '1h', burst: 1_000_000 } } as const;
      limiter = new Limiter({ storage: client.storage, policies, timeoutMs: TIMEOUT_MS, readyTimeoutMs: 10_000 });
      await limiter.ready();
    });
    afterEach(async () => {
      client.close();
      for (const admin of admins) admin.disconnect();
      name.close();
      await Promise.all(servers.map((server) => server.stop()));
    });

    const promote = async (): Promise<void> => {
      await admins[1]!.replicaof('NO', 'ONE');
      name.target = servers[1]!.port;
    };
    const steady = async (): Promise<void> =>
      until('the storage decides', async () => (await limiter.consume('api', 'ann')).source === 'storage');
    /** How long it takes until the storage decides again, with calls all the while; each is answered within its deadline. */
    const outageMs = async (): Promise<number> => {
      const time = new RunnableTime();
      let longestMs = 0;
      await until('the storage decides again', async () => {
        const sentMs = time.passedMs;
        const decisions: Decision[] = await Promise.all([limiter.consume('api', 'ann'), limiter.consume('api', 'bob')]);
        longestMs = Math.max(longestMs, time.passedMs - sentMs);
        return decisions.every(({ source }) => source === 'storage');
      });
      time.stop();
      expect(longestMs).toBeLessThan(SLACK_MS);
      return time.passedMs;
    };

    it('leaves one that was demoted (READONLY), and charges the new one', async () => {
      await steady();
      await promote();
      await admins[0]!.replicaof('127.0.0.1', servers[1]!.port);
      expect(await outageMs()).toBeLessThan(LEFT_WITHIN_MS + SLACK_MS);
      expect(await admins[1]!.dbsize()).toBeGreaterThan(0);
    });

    it('leaves one that was killed', async () => {
      await steady();
      await promote();
      await servers[0]!.kill();
      expect(await outageMs()).toBeLessThan(LEFT_WITHIN_MS + SLACK_MS);
    });

    it('leaves one that is frozen, or cut off, while its connection stays open', async () => {
      await steady();
      await promote();
      servers[0]!.pause();
      expect(await outageMs()).toBeLessThan(LEFT_WITHIN_MS + SLACK_MS);
    });
  });
});
