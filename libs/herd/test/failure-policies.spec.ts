import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { HerdNodeDownError, startHerd, staticNodes } from '@rookery/herd';
import type { FailureMessage, HealthMessage, OperationMessage, HerdOptions, TopologyMessage } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { exchange } from './exchange.js';
import { until } from './poll.js';
import { startScriptedServer } from './scripted-server.js';

const minute = { ttl: '1m' } as const;
const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);

describe('when one of three nodes freezes', () => {
  let servers: RunningServer[];
  let victim: RunningServer;
  beforeAll(async () => {
    servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
    victim = servers[0]!;
  }, 30_000);
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));
  // One that is left would go on to forget what it missed, in the middle of the next test.
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((herd) => herd.close()));
    victim.resume();
  });

  const open = (options: object) =>
    startHerd({ discovery: staticNodes(servers.map(({ address }) => address)), driver: memcached(), ...options });
  type Cache = Awaited<ReturnType<typeof open>>;
  const opened: Cache[] = [];
  const start = async (options: Partial<HerdOptions<never, never>> = {}): Promise<Cache> => {
    const herd = await open(options);
    opened.push(herd);
    return herd;
  };
  const stateOf = (herd: Cache) => herd.topology.nodes.find(({ node }) => node.id === victim.address)!.health.state;
  const own = (herd: Cache) => keys.filter((key) => herd.nodeFor(key)!.id === victim.address);
  const fill = async (herd: Cache) =>
    expect(await Promise.all(keys.map((key) => herd.set(key, 'old', minute)))).not.toContain(false);
  const freeze = async (herd: Cache) => {
    victim.pause();
    await until('the node is marked down', async () => {
      await Promise.all(own(herd).map((key) => herd.get(key)));
      return stateOf(herd) === 'down';
    });
  };
  const thaw = async (herd: Cache) => {
    victim.resume();
    await until('the node is up', () => stateOf(herd) === 'up');
  };

  it('serves no value that a delete or a set missed meanwhile, and keeps the others', async () => {
    const herd = await start();
    await fill(herd);
    const [deleted, replaced, timedOut, ...untouched] = own(herd) as [string, string, string, ...string[]];
    victim.pause();
    // Whether this one times out, is refused, or is carried out before the server's threads have stopped: the promise is the same.
    const late = herd.delete(timedOut);
    await freeze(herd);
    await late;
    expect(await herd.delete(deleted)).toBe(false);
    expect(await herd.set(replaced, 'new', minute)).toBe(false);
    await thaw(herd);
    expect(await herd.getMany([deleted, replaced, timedOut])).toEqual(new Map());
    expect([...(await herd.getMany(untouched)).keys()].sort()).toEqual(untouched.sort());
  }, 30_000);

  it('invalidates a value whose delete was late, although the node was never marked down', async () => {
    const herd = await start({ ejectAfter: 1000 });
    await fill(herd);
    const [key] = own(herd) as [string];
    victim.pause();
    let deleted = true;
    await until('the node is frozen', async () => !(deleted = await herd.delete(key)));
    expect(deleted).toBe(false);
    await herd.set(key, 'rewritten by nobody', minute);
    victim.resume();
    await until('the node has forgotten the value', async () =>
      (await exchange(victim.port, `get ${key}\r\n`)).startsWith('END'),
    );
    expect(stateOf(herd)).toBe('up');
  }, 30_000);

  it('lets the next node stand in under `next`, with a short life', async () => {
    const herd = await start({ onNodeDown: 'next', failoverTtl: '4s', timeoutMs: 1000 } as never);
    await fill(herd);
    const [key, other] = own(herd) as [string, string];
    await freeze(herd);
    expect(await herd.get(key)).toBeUndefined();
    expect(await herd.set(key, 'new', { ttl: 'never' })).toBe(true);
    expect(await herd.set(other, 'new', minute)).toBe(true);
    expect(await herd.get(key)).toBe('new');
    expect((await herd.getMany(keys)).get(key)).toBe('new');
    const found = await herd.getMany(keys);
    const missing = keys.filter((one) => !found.has(one) && !own(herd).includes(one));
    expect(
      missing.map(
        (one) =>
          `${one} of ${herd.nodeFor(one)!.id}, ${JSON.stringify(herd.topology.nodes.find(({ node }) => node.id === herd.nodeFor(one)!.id)?.health)}`,
      ),
    ).toEqual([]);
    expect(found.size).toBe(keys.length - own(herd).length + 2);
    expect(await herd.delete(other)).toBe(true);
    expect(await herd.get(other)).toBeUndefined();
    expect(await herd.incr(key)).toBeUndefined();
    // Another process may go by its own view of the fleet: what stands in is gone soon.
    await until('the short life is over', async () => (await herd.get(key)) === undefined);
    await herd.set(key, 'newer', minute);
    await thaw(herd);
    expect(await herd.getMany([key, other])).toEqual(new Map());
  }, 30_000);

  it('is kept apart under `error`, and nothing is forgotten', async () => {
    const herd = await start({ onNodeDown: 'error' } as never);
    await fill(herd);
    const [key] = own(herd) as [string];
    victim.pause();
    await until('the node is marked down', async () => {
      await herd.get(key).catch(() => undefined);
      return stateOf(herd) === 'down';
    });
    await expect(herd.set(key, 'new', minute)).rejects.toThrow(HerdNodeDownError);
    await thaw(herd);
    expect(await herd.get(key)).toBe('old');
  }, 30_000);

  it('uses a node that is down all the same once too many are, but not for keys whose value may be stale', async () => {
    const herd = await start({ maxEjectedFraction: 0.3, probeMs: 60_000, maxProbeMs: 60_000 });
    await fill(herd);
    const [stale, key] = own(herd) as [string, string];
    await freeze(herd);
    expect(await herd.delete(stale)).toBe(false);
    victim.resume();
    await until('it answers again', async () => (await herd.get(key)) === 'old');
    expect(stateOf(herd)).toBe('down');
    expect(await herd.get(stale)).toBeUndefined();
  }, 30_000);

  it('reports what happens on diagnostics channels', async () => {
    const heard: string[] = [];
    const listeners = {
      'rookery:herd:health': (message: unknown) =>
        heard.push(`${(message as HealthMessage).herd} ${(message as HealthMessage).health.state}`),
      'rookery:herd:failure': (message: unknown) => heard.push((message as FailureMessage).node.id),
      'rookery:herd:topology': (message: unknown) =>
        heard.push(`picture ${(message as TopologyMessage).topology.nodes.length}`),
    };
    for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
    const herd = await start({ name: 'watched' });
    await freeze(herd);
    await thaw(herd);
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
    expect(heard).toEqual(expect.arrayContaining(['watched down', 'watched up', victim.address, 'picture 3']));
  }, 30_000);

  it('reports each operation on a node, its end and how long it took', async () => {
    const heard: OperationMessage[] = [];
    const listen = (message: unknown) => {
      // The channel is every herd's of the process.
      if ((message as OperationMessage).herd === 'timed') heard.push(message as OperationMessage);
    };
    const herd = await start({ name: 'timed' });
    subscribe('rookery:herd:operation', listen);
    const [key] = own(herd) as [string];
    await herd.set(key, 'v', minute);
    await herd.getMany(keys);
    await herd.on(herd.nodeFor(key)!, (c) => c.get(key));
    const well = heard.splice(0);
    victim.pause();
    // Its threads take a moment to stop.
    await until('the node is frozen', async () => {
      await herd.get(key);
      return heard.at(-1)!.outcome !== 'ok';
    });
    unsubscribe('rookery:herd:operation', listen);
    await herd.get(key);
    victim.resume();
    expect(well.map(({ herd: name, outcome }) => `${name} ${outcome}`)).toEqual(Array(5).fill('timed ok'));
    expect(heard.at(-1)!.outcome).toBe('HERD_TIMEOUT');
    for (const { tookMs } of [...well, ...heard]) expect(tookMs).toBeGreaterThan(0);
    expect(heard.at(-1)).toMatchObject({ node: { id: victim.address } });
  }, 30_000);

  it('stops waiting when a signal aborts, whatever the policy, and leaves the others alone', async () => {
    const herd = await start({ timeoutMs: 5000 });
    const [key] = own(herd) as [string];
    await herd.set(key, 'old', minute);
    victim.pause();
    const controller = new AbortController();
    const reason = new Error('the user has gone');
    const waiting = [
      herd.get(key, { signal: controller.signal }),
      herd.getMany(keys, { signal: controller.signal }),
      herd.set(key, 1, { ttl: '1m', signal: controller.signal }),
    ];
    const settled = Promise.allSettled(waiting);
    const unhurried = herd.get(key);
    controller.abort(reason);
    // A server's threads take a moment to stop: it may have answered.
    for (const outcome of await settled) if (outcome.status === 'rejected') expect(outcome.reason).toBe(reason);
    expect((await settled).filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    victim.resume();
    expect(['old', 1]).toContain(await unhurried);
    await expect(herd.get(key, { signal: controller.signal })).rejects.toBe(reason);
  }, 30_000);
});

it('waits longer for the first answer of a new node than for any later one', async () => {
  let answers = 0;
  const slow = await startScriptedServer({
    version: (socket) => void setTimeout(() => socket.write('VERSION 1.6.18\r\n'), answers++ === 0 ? 400 : 0),
  });
  const herd = await startHerd({
    discovery: staticNodes([slow.address]),
    driver: memcached(),
    timeoutMs: 100,
    firstContactMs: 5000,
  });
  expect(herd.topology.nodes[0]!.health.state).toBe('up');
  await herd.close();
  await slow.close();
});

it('tries a node that closes the first connection a second time before it is called down', async () => {
  let connections = 0;
  const shy = await startScriptedServer({
    version: (socket) => (connections++ === 0 ? socket.destroy() : void socket.write('VERSION 1.6.18\r\n')),
  });
  const herd = await startHerd({ discovery: staticNodes([shy.address]), driver: memcached() });
  expect(herd.topology.nodes[0]!.health.state).toBe('up');
  await herd.close();
  await shy.close();
});

it('does not read what a stand-in was given once the owner has newer', async () => {
  const servers = await Promise.all([startMemcached(), startMemcached()]);
  const herd = await startHerd({
    discovery: staticNodes(servers.map(({ address }) => address)),
    driver: memcached(),
    onNodeDown: 'next',
    failoverTtl: '1h',
    lateWritesMs: 10,
    timeoutMs: 1000,
  });
  const victim = servers[0];
  const key = keys.find((one) => herd.nodeFor(one)!.id === victim.address)!;
  const state = () => herd.topology.nodes.find(({ node }) => node.id === victim.address)!.health.state;
  const down = async (): Promise<void> => {
    await victim.kill();
    await until('the node is marked down', async () => {
      await herd.withPolicy({ onNodeDown: 'miss' }).get(key);
      return state() === 'down';
    });
  };
  await down();
  expect(await herd.set(key, 'old', minute)).toBe(true);
  expect(await herd.get(key)).toBe('old');
  await victim.restart();
  await until('the node is up', () => state() === 'up');
  await until('the owner stores it', async () => {
    await herd.set(key, 'new', minute);
    return (await exchange(victim.port, `get ${key}\r\n`)).includes('"new"');
  });
  await down();
  expect(await herd.get(key)).toBeUndefined();
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
}, 30_000);
