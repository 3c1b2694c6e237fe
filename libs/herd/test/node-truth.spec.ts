import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { HerdUnreadableError, startHerd, staticNodes } from '@rookery/herd';
import type { FailureMessage, HealthMessage, Herd } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { redis } from '@rookery/herd/redis';
import type { RedisCommands, RedisNodeCommands } from '@rookery/herd/redis';
import { holdEventLoop, startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';

import { startDelayingProxy } from './delaying-proxy.js';
import { exchange } from './exchange.js';
import { until } from './poll.js';
import { freePort, startProgram } from './program.js';
import { askRedis } from './redis-fleets.js';
import { startScriptedServer } from './scripted-server.js';

const hour = { ttl: '1h' } as const;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const ended = <Thing extends { close(): Promise<unknown> }>(thing: Thing): Thing => {
  ends.push(() => thing.close());
  return thing;
};
const stopped = (server: RunningServer): RunningServer => {
  ends.push(() => server.stop());
  return server;
};
function listen<Message>(name: string): Message[] {
  const heard: Message[] = [];
  const listener = (message: unknown): void => void heard.push(message as Message);
  subscribe(name, listener);
  ends.push(() => Promise.resolve(unsubscribe(name, listener)));
  return heard;
}
type RedisHerd = Herd<RedisCommands, RedisNodeCommands>;
const bare = ({ address }: RunningServer): string => address.replace('redis://', '');

describe('a Redis that refuses', () => {
  it('as its primary was demoted: is down for that reason, without flapping, until the name leads to a primary', async () => {
    const [first, second] = [stopped(await startRedis()), stopped(await startRedis())];
    const name = ended(await startDelayingProxy(first.port));
    const changes = listen<HealthMessage>('rookery:herd:health');
    const herd = ended(await startHerd({ discovery: staticNodes([name.address]), driver: redis(), maxProbeMs: 200 }));
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    await strict.add('count', 0, hour);
    // A replica has what its primary has; what is missing is not counted, and so not refused.
    const promoted = new Redis(second.address);
    await promoted.set('count', 0);
    promoted.disconnect();
    const demoted = new Redis(first.address);
    await demoted.call('REPLICAOF', '127.0.0.1', String(second.port));
    demoted.disconnect();
    const health = () => herd.snapshot().nodes[0]!.health;
    let stop = false;
    const load = (async () => {
      while (!stop) {
        await Promise.allSettled([herd.get('count'), strict.incr('count'), pause(10)]);
      }
    })();
    await until('the node is down', () => health().state === 'down');
    await until('it was probed', () => {
      const now = health();
      return now.state === 'down' && now.probes > 3;
    });
    expect(health()).toMatchObject({ state: 'down', reason: expect.stringContaining('READONLY') as string });
    const downs = changes.filter((change) => change.health.state === 'down');
    expect(downs.length - changes.filter((change) => change.health.state === 'up').length).toBe(downs.length);
    name.state.target = second.port;
    await until('the new primary is used', async () => await strict.add('new', 0, hour).catch(() => false), 2500);
    expect(await strict.incr('new')).toBe(1);
    stop = true;
    await load;
  }, 30_000);

  it.each<[string, (herd: RedisHerd) => Promise<unknown>]>([
    ['set', (herd) => herd.set('small', 'value', hour)],
    ['setMany', (herd) => herd.setMany([['small', 'value']], hour)],
    ['incr', (herd) => herd.incr('count')],
    ['cas', async (herd) => herd.cas('count', 1, (await herd.gets('count'))!.cas, hour)],
    ['on(node).set', (herd) => herd.on(herd.topology.nodes[0]!.node, (node) => node.set('small', 'value', hour))],
  ])(
    'as it is out of memory: answers what it has, and is called refusing until %s stores again',
    async (_, write) => {
      const server = stopped(await startRedis({ args: ['--maxmemory', '3mb', '--maxmemory-policy', 'noeviction'] }));
      const herd = ended(await startHerd({ discovery: staticNodes([bare(server)]), driver: redis() }));
      expect(await herd.set('small', 'value', hour)).toBe(true);
      await herd.add('count', 1, hour);
      await until('its memory is full', async () => !(await herd.set(`k${Math.random()}`, 'x'.repeat(200_000), hour)));
      expect(herd.topology.nodes[0]!.health).toMatchObject({
        state: 'refusing',
        reason: expect.stringContaining('OOM') as string,
      });
      expect(await herd.get('small')).toBe('value');
      const other = new Redis(server.address);
      await other.config('SET', 'maxmemory', '100mb');
      other.disconnect();
      const isUp = () => herd.topology.nodes[0]!.health.state === 'up';
      const begin = performance.now();
      while (performance.now() - begin < 1500) {
        // None of these stores anything.
        await Promise.all([herd.get('small'), herd.add('small', 1, hour), herd.delete('none'), herd.incr('none')]);
        await Promise.all([herd.getMany(['small']), herd.casMany([['none', { value: 1, cas: 'f'.repeat(40) }]], hour)]);
        await herd.on(herd.topology.nodes[0]!.node, (node) => Promise.all([node.get('small'), node.stats()]));
        expect(isUp()).toBe(false);
        await pause(20);
      }
      await until('it is up', async () => (await write(herd), isUp()));
    },
    30_000,
  );

  it('as it loads its data: is down for that reason, and used once it has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-loading-'));
    ends.push(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
    const port = await freePort();
    const slow = ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024'];
    const start = (args: readonly string[]) =>
      startProgram('redis-server', [
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--dir',
        folder,
        '--save',
        '',
        ...args,
      ]);
    const first = start([]);
    ends.push(() => first.stop());
    await until('it answers', () => askRedis(port, 'PING').then(Boolean, () => false));
    const values = Array.from({ length: 150 }, (_, i) => [`k${i}`, randomBytes(800).toString('base64')]);
    await askRedis(port, 'MSET', ...values.flat());
    await askRedis(port, 'SAVE');
    await first.stop();
    const second = start(slow);
    ends.push(() => second.stop());
    const discovery = staticNodes([`127.0.0.1:${port}`]);
    const herd = ended(await startHerd({ discovery, driver: redis(), refresh: '1h', probeMs: 20, maxProbeMs: 50 }));
    const reasons: string[] = [];
    const following = herd.topology$.subscribe(({ nodes }) => {
      const { health } = nodes[0]!;
      reasons.push(health.state === 'down' ? health.reason : health.state);
    });
    await until('it is used', () => herd.topology.nodes[0]!.health.state === 'up');
    following.unsubscribe();
    const loading = reasons.filter((reason) => reason.includes('LOADING'));
    expect(loading).toEqual([expect.stringContaining('wait until the server has loaded its data')]);
  }, 30_000);

  it.each(['before the herd', 'while it runs'])(
    'as the password was changed %s: is down for that reason, and no other',
    async (when) => {
      const server = stopped(await startRedis());
      const change = async (): Promise<void> => {
        const other = new Redis(server.address);
        await other.config('SET', 'requirepass', 'new');
        await other.call('CLIENT', 'KILL', 'TYPE', 'normal');
        other.disconnect();
      };
      if (when === 'before the herd') await change();
      const connection = { password: 'old' };
      const herd = ended(
        await startHerd({ discovery: staticNodes([bare(server)]), driver: redis({ connection: () => connection }) }),
      );
      if (when === 'while it runs') await change();
      await until('it is down', async () => {
        await herd.get('k');
        return herd.snapshot().nodes[0]!.health.state === 'down';
      });
      const reason = () => {
        const { health } = herd.snapshot().nodes[0]!;
        return health.state === 'down' ? health.reason : health.state;
      };
      await until('the reason is that of now', () => /WRONGPASS|NOAUTH/.test(reason()));
      connection.password = 'new';
      await until('it is up', () => herd.snapshot().nodes[0]!.health.state === 'up', 2500);
    },
    30_000,
  );
});

it('a node that is away is down for the reason of now, not of then', async () => {
  const server = stopped(await startMemcached());
  const herd = ended(
    await startHerd({ discovery: staticNodes([server.address]), driver: memcached(), timeoutMs: 100, maxProbeMs: 100 }),
  );
  const reason = (picture: { nodes: readonly { health: HealthMessage['health'] }[] }): string => {
    const [{ health }] = picture.nodes as [{ health: HealthMessage['health'] }];
    return health.state === 'down' ? health.reason : health.state;
  };
  server.pause();
  await until('it is down', async () => {
    await herd.get('k');
    return /did not answer/.test(reason(herd.topology));
  });
  await server.kill();
  await until('the reason is another', () => /ECONNREFUSED|closed/.test(reason(herd.topology)));
  expect(reason(herd.snapshot())).toBe(reason(herd.topology));
  await server.restart();
  await until('it is up', () => herd.snapshot().nodes[0]!.health.state === 'up', 2500);
}, 30_000);

describe('a reply that is not for its key', () => {
  it.each([
    ['of another key', 'VALUE other 0 1\r\n1\r\nEND\r\n'],
    ['twice of one key', 'VALUE mine 0 1\r\n1\r\nVALUE mine 0 1\r\n2\r\nEND\r\n'],
  ])('%s ends the connection, and gives no value', async (_, reply) => {
    const peer = ended(await startScriptedServer({ 'get ': reply, 'gets ': reply, 'delete ': 'NOT_FOUND\r\n' }));
    const herd = ended(
      await startHerd({ discovery: staticNodes([peer.address]), driver: memcached(), ejectAfter: 100 }),
    );
    const before = peer.connections();
    expect(await herd.get('mine')).toBeUndefined();
    expect(await herd.getMany(['mine', 'yours'])).toEqual(new Map());
    expect(await herd.gets('mine')).toBeUndefined();
    expect(peer.connections()).toBe(before + 2);
    await expect(herd.withPolicy({ onNodeDown: 'error' }).get('mine')).rejects.toThrow('which was not requested');
  });
});

describe('a value that cannot be decoded', () => {
  it.each(['memcached', 'redis'] as const)('of %s is a miss, alone, and reported', async (kind) => {
    const server = stopped(await (kind === 'redis' ? startRedis() : startMemcached()));
    const herd = ended(
      await startHerd({
        discovery: staticNodes([bare(server)]),
        driver: kind === 'redis' ? redis() : memcached(),
      }),
    );
    await Promise.all(['a', 'b'].map((key) => herd.set(key, key, hour)));
    if (kind === 'redis') {
      const other = new Redis(server.address);
      await other.set('broken', '{oops');
      other.disconnect();
    } else await exchange(server.port, 'set broken 2 0 5\r\n{oops\r\n');
    const failures = listen<FailureMessage>('rookery:herd:failure');
    expect(await herd.get('broken')).toBeUndefined();
    expect(await herd.gets('broken')).toBeUndefined();
    expect(await herd.getMany(['a', 'broken', 'b'])).toEqual(
      new Map([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    );
    expect(failures.map(({ error }) => error instanceof HerdUnreadableError && error.code)).toEqual([
      'HERD_UNREADABLE',
      'HERD_UNREADABLE',
      'HERD_UNREADABLE',
    ]);
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    await expect(strict.get('broken')).rejects.toThrow(HerdUnreadableError);
    await expect(strict.getMany(['a', 'broken'])).rejects.toThrow(HerdUnreadableError);
    expect(herd.topology.nodes[0]!.health.state).toBe('up');
    expect(await herd.set('broken', 'mended', hour)).toBe(true);
    expect(await herd.get('broken')).toBe('mended');
  });
});

describe('a write that was given up and arrives late', () => {
  /** A herd behind a proxy, and one that reaches the server itself, as another process would. */
  async function twoProcesses(lateWritesMs: number) {
    const server = stopped(await startMemcached());
    const proxy = ended(await startDelayingProxy(server.port));
    const start = async (address: string) =>
      ended(
        await startHerd({
          discovery: staticNodes([address]),
          driver: memcached(),
          timeoutMs: 250,
          lateWritesMs,
          ejectAfter: 1_000_000,
        }),
      );
    return { server, proxy, herd: await start(proxy.address), other: await start(server.address) };
  }

  it('is never read where a later one was confirmed, and is gone after lateWritesMs', async () => {
    const { server, proxy, herd, other } = await twoProcesses(2000);
    const keys = Array.from({ length: 320 }, (_, i) => `key-${i}`);
    proxy.state.delayMs = 900;
    const given = await Promise.all(keys.map((key) => herd.set(key, 'old', hour)));
    expect(new Set(given)).toEqual(new Set([false]));
    proxy.state.delayMs = 0;
    await until('the node answers again', () => herd.set('any', 1, hour));
    const later = await Promise.all(keys.map((key) => other.set(key, 'new', hour)));
    expect(new Set(later)).toEqual(new Set([true]));
    const raw = async () => (await exchange(server.port, `get ${keys.join(' ')}\r\n`)).match(/"(old|new)"/g) ?? [];
    let arrived = 0;
    const readings: unknown[] = [];
    await until('the late writes were forgotten', async () => {
      const stored = await raw();
      arrived = Math.max(arrived, stored.filter((value) => value === '"old"').length);
      readings.push(...(await herd.getMany(keys)).values(), await herd.get(keys[0]!));
      return arrived > 0 && stored.length === 0;
    });
    // The fault did happen; what was read meanwhile was new, or nothing.
    expect(arrived).toBeGreaterThan(0);
    expect(readings.filter((value) => value === 'old')).toEqual([]);
    await until('it is stored again', () => herd.set(keys[0]!, 'newest', hour));
    expect(await herd.get(keys[0]!)).toBe('newest');
  }, 30_000);

  it('is followed by no other for lateWritesMs, so that a key that is written again and again is used after that', async () => {
    const lateWritesMs = 3000;
    const { server, proxy, herd, other } = await twoProcesses(lateWritesMs);
    const sets = async () => Number(/cmd_set (\d+)/.exec(await exchange(server.port, 'stats\r\n'))![1]);
    await other.set('slow', 'of before', hour);
    proxy.state.delayMs = 400;
    expect(await herd.set('slow', 'old', hour)).toBe(false);
    const givenUpAt = performance.now();
    await until('it has arrived', async () => (await sets()) === 2);
    const answers = new Set<unknown>();
    while (performance.now() - givenUpAt < lateWritesMs / 2) {
      answers.add(await herd.set('slow', 'older than the last', hour));
      answers.add((await herd.setMany([['slow', 'the same of many']], hour)).get('slow'));
      answers.add(await herd.get('slow'));
    }
    proxy.state.delayMs = 0;
    expect([answers, await sets()]).toEqual([new Set([false, undefined]), 2]);
    await until('it is written again', () => herd.set('slow', 'new', hour));
    // Not before: else it was no fence. And it was not put off by the writes meanwhile.
    expect(performance.now() - givenUpAt).toBeGreaterThan(lateWritesMs - 50);
    expect([await herd.get('slow'), await other.get('slow')]).toEqual(['new', 'new']);
  }, 30_000);

  it('holds up no other key of the same call, and does not keep a key from being deleted', async () => {
    const { proxy, herd, other } = await twoProcesses(20_000);
    proxy.state.delayMs = 400;
    expect(await herd.set('slow', 'old', hour)).toBe(false);
    proxy.state.delayMs = 0;
    await until('the node answers again', () => herd.set('any', 1, hour));
    const stored = await herd.setMany(new Map(['slow', 'a', 'b'].map((key) => [key, 'new'])), hour);
    expect(Object.fromEntries(stored)).toEqual({ slow: false, a: true, b: true });
    // Under `miss` a late answer would look like an absent value.
    const strict = other.withPolicy({ onNodeDown: 'error' });
    await until('it is away', async () => (await strict.get('slow').catch(() => 'unknown')) === undefined);
    // The herd deletes the late value by itself, and may do so only now.
    await until('a key of another is deleted', async () => {
      expect(await other.set('slow', 'of another', hour)).toBe(true);
      expect(await herd.get('slow')).toBeUndefined();
      return herd.delete('slow');
    });
    expect(await other.get('slow')).toBeUndefined();
    expect(Object.fromEntries(await herd.getMany(['slow', 'a', 'b']))).toEqual({ a: 'new', b: 'new' });
  }, 30_000);
});

it.each([1000, 4000])(
  'a burst of %p sets on a busy machine is stored, and not held against the node',
  async (count) => {
    const server = stopped(await startMemcached());
    const herd = ended(
      await startHerd({ discovery: staticNodes([server.address]), driver: memcached(), timeoutMs: 1500 }),
    );
    const burst = Array.from({ length: count }, (_, i) => herd.set(`key-${i}`, 'x'.repeat(1000), hour));
    // As long as a loaded machine needs for it.
    holdEventLoop(2000);
    const stored = await Promise.all(burst);
    expect(stored.filter((one) => !one)).toEqual([]);
    expect(herd.topology.nodes[0]!.health).toEqual({ state: 'up', failures: 0 });
  },
  30_000,
);
