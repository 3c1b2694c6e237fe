import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { memcached } from '@rookery/herd/memcached';
import type { Copies, Held } from '@rookery/herd';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import type { LeaseOptions, MetaMemcachedCommands } from '@rookery/herd/meta-memcached';
import { redis, redisCluster, redisSentinel } from '@rookery/herd/redis';
import { ContractViolation, driverContract } from '@rookery/herd/testing';
import type { AnyDriver, DriverServer } from '@rookery/herd/testing';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { askRedis, startOneShard, startSentinel } from './redis-fleets.js';

async function harness(started: Promise<RunningServer>): Promise<DriverServer & { stop(): Promise<void> }> {
  const server = await started;
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return {
    node: { id: 'n', host: server.host, port: server.port },
    nowhere: { id: 'nowhere', host: '127.0.0.1', port },
    pause: () => server.pause(),
    resume: () => server.resume(),
    restart: async () => {
      await server.kill();
      await server.restart();
    },
    stop: () => server.stop(),
  };
}

/** Where no memcached is installed, the embedded node runs in a process of its own. */
async function startEmbedded(): Promise<RunningServer> {
  const { PATH } = process.env;
  process.env.PATH = '';
  try {
    return await startMemcached();
  } finally {
    process.env.PATH = PATH;
  }
}

describe.each<[string, () => AnyDriver, () => Promise<RunningServer>]>([
  ['memcached', () => memcached(), () => startMemcached()],
  ['metaMemcached', () => metaMemcached(), () => startMemcached()],
  ['metaMemcached, three connections', () => metaMemcached({ connections: 3 }), () => startMemcached()],
  ['metaMemcached, on the embedded node', () => metaMemcached(), startEmbedded],
  ['redis', () => redis(), () => startRedis()],
])('the %s driver', (_name, make, start) => {
  let server: Awaited<ReturnType<typeof harness>>;
  beforeAll(async () => {
    server = await harness(start());
  }, 30_000);
  afterAll(() => server?.stop());

  for (const { name, run } of driverContract({ make, server: () => server })) it(name, run, 30_000);
});

describe('the redisCluster driver', () => {
  let server: Awaited<ReturnType<typeof harness>>;
  beforeAll(async () => {
    server = await harness(startOneShard());
  }, 30_000);
  afterAll(() => server?.stop());
  const make = () => redisCluster({ nodes: [`127.0.0.1:${server.node.port}`] }).driver;

  for (const { name, run } of driverContract({ make, server: () => server })) it(name, run, 30_000);
});

describe('the redisSentinel driver', () => {
  let server: Awaited<ReturnType<typeof harness>>;
  let sentinel: Awaited<ReturnType<typeof startSentinel>>;
  beforeAll(async () => {
    server = await harness(startRedis());
    sentinel = await startSentinel();
    await askRedis(sentinel.port, 'SENTINEL', 'MONITOR', server.node.id, '127.0.0.1', String(server.node.port), '1');
  }, 30_000);
  afterAll(async () => {
    await sentinel?.stop();
    await server?.stop();
  });
  const make = () => redisSentinel({ sentinels: [`127.0.0.1:${sentinel.port}`], names: [server.node.id] }).driver;

  for (const { name, run } of driverContract({ make, server: () => server })) it(name, run, 30_000);
});

describe('the contract suite catches a driver that', () => {
  let server: Awaited<ReturnType<typeof harness>>;
  beforeAll(async () => {
    server = await harness(startMemcached());
  }, 30_000);
  afterAll(() => server?.stop());

  const brokenBy =
    (change: (good: AnyDriver) => Partial<AnyDriver>): (() => AnyDriver) =>
    () => {
      const good = memcached();
      return { ...good, ...change(good) };
    };
  const brokenLeases =
    (change: (commands: MetaMemcachedCommands) => object): (() => AnyDriver) =>
    () => {
      const good = metaMemcached();
      return { ...good, ...commandsOf(good, (commands) => change(commands as MetaMemcachedCommands)) };
    };
  const brokenCopies = (change: (good: Copies<unknown>, driver: AnyDriver) => object): (() => AnyDriver) =>
    brokenBy((driver) => {
      const good = driver.copies as Copies<unknown>;
      return { copies: { ...good, ...change(good, driver) } };
    });
  const heldWith = (good: Copies<unknown>, change: (held: Held) => Partial<Held>) => ({
    read: async (client: unknown, key: string) => {
      const held = await good.read(client, key);
      return held && { ...held, ...change(held) };
    },
  });
  const commandsOf = (
    good: AnyDriver,
    change: (commands: ReturnType<AnyDriver['commands']>) => object,
  ): Partial<AnyDriver> => ({
    commands: (dispatch) => {
      const commands = good.commands(dispatch);
      return { ...commands, ...change(commands) };
    },
  });

  it.each<[string, string, () => AnyDriver]>([
    ['ignores abandon', 'rejects what is in flight', brokenBy(() => ({ abandon: () => undefined }))],
    ['invalidates nothing', 'invalidates the keys', brokenBy(() => ({ invalidate: () => Promise.resolve() }))],
    ['cannot invalidate', 'invalidates the keys', brokenBy(() => ({ invalidate: undefined }))],
    ['takes all failures for its node', 'blames the request', brokenBy(() => ({ classify: () => 'node' }))],
    [
      'takes no failure for its node',
      'opens where there is no server',
      brokenBy(() => ({ classify: () => 'request' })),
    ],
    ['finds every node well', 'opens where there is no server', brokenBy(() => ({ ping: () => Promise.resolve() }))],
    ['goes on after close', 'refuses when it is closed', brokenBy(() => ({ close: () => Promise.resolve() }))],
    [
      'keeps values for ever',
      'lets a value live',
      brokenBy((good) =>
        commandsOf(good, (c) => ({ set: (key: string, value: unknown) => c.set(key, value, { ttl: 'never' }) })),
      ),
    ],
    [
      'needs no ttl',
      'refuses a value without a ttl',
      brokenBy((good) =>
        commandsOf(good, (c) => ({
          set: (key: string, value: unknown, given?: object) => c.set(key, value, { ttl: '1m', ...given }),
        })),
      ),
    ],
    [
      'drops unknown options',
      'refuses unknown options',
      brokenBy((good) => commandsOf(good, (c) => ({ get: (key: string) => c.get(key) }))),
    ],
    [
      'lets a stand-in keep values',
      'gives no longer life',
      brokenBy((good) => ({
        commands: (dispatch) =>
          good.commands({
            ...dispatch,
            byKey: (key, operation, miss, intent) =>
              dispatch.byKey(key, (client, node) => operation(client, node, Infinity), miss, intent),
          }),
      })),
    ],
    [
      'lets a stand-in keep many values',
      'gives no longer life',
      brokenBy((good) => ({
        commands: (dispatch) =>
          good.commands({
            ...dispatch,
            byKeys: (keys, operation, intent) =>
              dispatch.byKeys(keys, (client, own, node) => operation(client, own, node, Infinity), intent),
          }),
      })),
    ],
    [
      'forgets what one of many is',
      'stores, deletes and finds many',
      brokenBy((good) =>
        commandsOf(good, (c) => ({
          deleteMany: async (keys: readonly string[]) => {
            await c.deleteMany(keys);
            return new Map(keys.map((key) => [key, true]));
          },
        })),
      ),
    ],
    [
      'sends a part of many before it refuses the rest',
      'refuses many keys for a bad one',
      brokenBy((good) =>
        commandsOf(good, (c) => ({
          setMany: async (entries: Iterable<readonly [string, unknown]>, given: object) =>
            new Map(
              await Promise.all(
                [...entries].map(async ([key, value]) => [key, await c.set(key, value, given)] as const),
              ),
            ),
        })),
      ),
    ],
    [
      'stores many by any token',
      'stores many by their cas tokens',
      brokenBy((good) =>
        commandsOf(good, (c) => ({
          casMany: async (entries: Iterable<readonly [string, { value: unknown }]>, given: object) => {
            const stored = await c.setMany(
              [...entries].map(([key, { value }]) => [key, value]),
              given,
            );
            return new Map([...stored].map(([key]) => [key, 'stored' as const]));
          },
        })),
      ),
    ],
    [
      'adds over what is there',
      'adds only',
      brokenBy((good) =>
        commandsOf(good, (c) => ({ add: (key: string, value: unknown) => c.set(key, value, { ttl: '1m' }) })),
      ),
    ],
    [
      'stores by any token',
      'stores by a cas token',
      brokenBy((good) =>
        commandsOf(good, (c) => ({
          cas: async (...[key, value, , given]: Parameters<typeof c.cas>) =>
            (await c.set(key, value, given)) ? 'stored' : 'missing',
        })),
      ),
    ],
    [
      'gives each reader the lease',
      'gives the lease of a missing value to one',
      brokenLeases((c) => ({
        getLeased: async (key: string, given: LeaseOptions) => {
          const found = await c.getLeased(key, given);
          return found.held ? { state: found.state, lease: 'another' } : found;
        },
      })),
    ],
    [
      'stores by any lease',
      'stores by a lease only',
      brokenLeases((c) => ({
        setLeased: (...[key, value, , given]: Parameters<typeof c.setLeased>) => c.set(key, value, given),
      })),
    ],
    [
      'gives no lease back',
      'gives a lease that was given back',
      brokenLeases(() => ({ releaseLease: () => Promise.resolve(true) })),
    ],
    [
      'takes back a value with its lease',
      'gives a lease that was given back',
      brokenLeases((c) => ({ releaseLease: (key: string) => c.delete(key) })),
    ],
    [
      'takes back what is fresh or stale with its lease',
      'gives the lease of a value back',
      brokenLeases((c) => ({
        releaseLease: async (key: string, lease: string) => (await c.releaseLease(key, lease)) && c.delete(key),
      })),
    ],
    [
      'serves as stale what was fresh when its lease is given back',
      'gives the lease of a value back',
      brokenLeases((c) => ({ releaseLease: (key: string) => c.markStale(key, { ttl: '1m' }) })),
    ],
    [
      'deletes what is to be stale',
      'serves a value that was marked stale',
      brokenLeases((c) => ({ markStale: (key: string) => c.delete(key) })),
    ],
    [
      'gives leases without end',
      'refuses a lease without a life',
      brokenLeases((c) => ({
        getLeased: (key: string, given: LeaseOptions) => c.getLeased(key, { ...{ leaseTtl: '1h' }, ...given }),
      })),
    ],
    ['has a part of the lease commands', 'gives the lease', brokenLeases(() => ({ releaseLease: undefined }))],
    [
      'copies over what is there',
      'copies a value with the life',
      brokenCopies((good, driver) => ({
        add: async (client: unknown, key: string, held: Held) => {
          await driver.invalidate!(client, [key]);
          return good.add(client, key, held);
        },
      })),
    ],
    [
      'gives copies a life of their own',
      'copies a value with the life',
      brokenCopies((good) => heldWith(good, () => ({ lifeMs: 3_600_000 }))),
    ],
    [
      'gives an end to copies that have none',
      'copies what lives for ever so',
      brokenCopies((good) => heldWith(good, ({ lifeMs }) => ({ lifeMs: Math.min(lifeMs, 3_600_000) }))),
    ],
    [
      'tells no version of a value from another',
      'copies distinguish a value',
      brokenCopies((good) => heldWith(good, () => ({ version: 'any' }))),
    ],
    [
      'lets copies outlive their life',
      'copies end with a life',
      brokenCopies((good) => ({
        add: (client: unknown, key: string, held: Held) => good.add(client, key, { ...held, lifeMs: Infinity }),
      })),
    ],
    [
      'hides its writes',
      'reports what an operation does',
      brokenBy((good) => ({
        commands: (dispatch) =>
          good.commands({ ...dispatch, byKey: (key, operation, miss) => dispatch.byKey(key, operation, miss) }),
      })),
    ],
  ])(
    '%s',
    async (_fault, check, make) => {
      const { run } = driverContract({ make, server: () => server }).find(({ name }) => name.startsWith(check))!;
      await expect(run()).rejects.toThrow(ContractViolation);
    },
    40_000,
  );
});
