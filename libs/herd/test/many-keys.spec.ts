import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import {
  HerdDoubtError,
  HerdManyError,
  HerdRequestError,
  HerdUnreadableError,
  startHerd,
  staticNodes,
} from '@rookery/herd';
import type { FailureMessage, HerdOptions, KeyValueCommands } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { startMemcached, startRedis } from '@rookery/services';

import { exchange } from './exchange.js';
import { until } from './poll.js';
import { startTurnCounter } from './turn-counter.js';

const minute = { ttl: '1m' } as const;
const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
const entries = keys.map((key) => [key, `of ${key}`] as const);

describe('many keys over three nodes', () => {
  let nodes: MemcachedNode[];
  let dead: MemcachedNode;
  const opened: { close(): Promise<void> }[] = [];
  const start = async (options: Partial<HerdOptions<never, never>> = {}) => {
    const discovery = staticNodes(nodes.map(({ port }) => `127.0.0.1:${port}`));
    const driver = memcached({ maxValueBytes: 3_000_000 });
    const herd = await startHerd({ discovery, driver, timeoutMs: 2000, ...(options as object) });
    opened.push(herd);
    return herd;
  };
  type Cache = Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    nodes = await Promise.all([1, 2, 3].map(() => startMemcachedNode()));
    dead = nodes[0]!;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((herd) => herd.close()));
    await Promise.all(nodes.map((node) => node.close()));
  });
  const own = (herd: Cache) => keys.filter((key) => herd.nodeFor(key)!.port === dead.port);
  const others = (herd: Cache) => keys.filter((key) => !own(herd).includes(key));
  const all = (answer: (key: string) => unknown) => new Map(keys.map((key) => [key, answer(key)]));

  it.each([
    ['memcached', () => memcached(), startMemcached],
    ['metaMemcached', () => metaMemcached(), startMemcached],
    ['redis', () => redis(), startRedis],
  ])('go in one round trip per node, and come in the order of the question: %s', async (_name, driver, startServer) => {
    const servers = await Promise.all([startServer(), startServer()]);
    const counters = await Promise.all(servers.map(({ port }) => startTurnCounter(port)));
    const discovery = staticNodes(counters.map(({ port }) => `127.0.0.1:${port}`));
    const herd = await startHerd<never, KeyValueCommands>({ discovery, driver: driver() as never, timeoutMs: 5000 });
    await herd.getMany(keys);
    const trips = () => counters.map(({ turns }) => turns());
    trips();
    expect(await herd.setMany(entries, minute)).toEqual(all(() => true));
    expect(trips()).toEqual([1, 1]);
    const found = await herd.getsMany(keys);
    expect([[...found.keys()], trips()]).toEqual([keys, [1, 1]]);
    expect([...(await herd.getMany(keys))]).toEqual(entries);
    expect(trips()).toEqual([1, 1]);
    const renewed = [...found].map(([key, { cas }]) => [key, { value: 1, cas }] as const);
    expect(await herd.casMany(renewed, minute)).toEqual(all(() => 'stored'));
    expect(trips()).toEqual([1, 1]);
    expect(await herd.deleteMany(keys)).toEqual(all(() => true));
    expect(trips()).toEqual([1, 1]);
    expect(await herd.deleteMany(keys)).toEqual(all(() => false));
    const space = herd.namespace('n', { memory: {} });
    await space.setMany(entries, minute);
    await space.getMany(keys.slice(30));
    expect([...(await space.getMany(keys))]).toEqual(entries);
    expect([...(await space.getOrSetMany(['none', ...keys], '1m', () => new Map([['none', 1]])))]).toEqual([
      ['none', 1],
      ...entries,
    ]);
    await herd.close();
    await Promise.all(counters.map((counter) => counter.close()));
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('answer under `miss` for those of a dead node as for missing ones, and for all others as ever', async () => {
    const herd = await start();
    await herd.setMany(entries, minute);
    await dead.close();
    const [gone, alive] = [own(herd), others(herd)];
    expect(gone.length).toBeGreaterThan(5);
    expect(await herd.setMany(entries, minute)).toEqual(all((key) => alive.includes(key)));
    expect([...(await herd.getMany(keys)).keys()].sort()).toEqual([...alive].sort());
    expect(await herd.deleteMany(keys)).toEqual(all((key) => alive.includes(key)));
  });

  it('are carried out by a stand-in under `next`, but for tokens', async () => {
    const herd = await start({ onNodeDown: 'next' });
    await herd.setMany(entries, minute);
    await dead.close();
    expect(await herd.setMany(entries, minute)).toEqual(all(() => true));
    expect(await herd.getMany(keys)).toEqual(new Map(entries));
    expect(await herd.deleteMany(keys)).toEqual(all(() => true));
  });

  it('are not guarded by a stand-in, which has no tokens: those of a late node are missing', async () => {
    const herd = await start({ onNodeDown: 'next' });
    await herd.setMany(entries, minute);
    const tokens = await herd.getsMany(keys);
    dead.delayReplies(60_000);
    const renewed = [...tokens].map(([key, { cas }]) => [key, { value: 1, cas }] as const);
    const hasty = herd.withPolicy({ timeoutMs: 500 });
    expect(await hasty.casMany(renewed, minute)).toEqual(
      all((key) => (own(herd).includes(key) ? 'missing' : 'stored')),
    );
  });

  it('throw under `error` once all have ended, with what came of each', async () => {
    const herd = await start({ onNodeDown: 'error' });
    const [gone, alive] = [own(herd), others(herd)];
    await dead.close();
    const calls = [() => herd.setMany(entries, minute), () => herd.deleteMany(keys)];
    for (const call of calls) {
      const error = await call().then(undefined, (thrown: unknown) => thrown);
      if (!(error instanceof HerdManyError)) throw new Error(`a HerdManyError was expected, not ${String(error)}`);
      expect(error.message).toContain(`${gone.length} of 60 keys failed`);
      expect(error.failure).toBe('node');
      expect([...error.failures.keys()].sort()).toEqual([...gone].sort());
      expect([...error.results.keys()].sort()).toEqual([...alive].sort());
    }
  });

  it('count against a dead node', async () => {
    const herd = await start({ ejectAfter: 1 });
    await dead.close();
    await herd.setMany(entries, minute);
    expect(herd.topology.nodes.map(({ health }) => health.state).sort()).toEqual(['down', 'up', 'up']);
  });

  it('forget on a node that was late what it may not have been told', async () => {
    const herd = await start({ timeoutMs: 100, ejectAfter: 1000 });
    await herd.setMany(entries, minute);
    const late = own(herd);
    dead.delayReplies(400);
    const deleted = await herd.deleteMany(late);
    expect(new Set(deleted.values())).toEqual(new Set([false]));
    dead.delayReplies(0);
    await until('they are forgotten', async () => (await exchange(dead.port, `get ${late[0]!}\r\n`)).startsWith('END'));
  });

  it('are carried out but for one that must not be used now, also where that came up while they waited for their turn', async () => {
    const herd = await start({ timeoutMs: 10_000, ejectAfter: 1000, maxInFlight: 1, lateWritesMs: 60_000 });
    await herd.setMany(entries, minute);
    const [givenUp, ...well] = own(herd);
    dead.delayReplies(60_000);
    const write = herd.withPolicy({ timeoutMs: 200 }).set(givenUp!, 'late', minute);
    const waiting = [herd.setMany(entries, minute), herd.getMany(keys), herd.deleteMany([givenUp!])];
    expect(await write).toBe(false);
    dead.delayReplies(0);
    const [stored, found, deleted] = await Promise.all(waiting);
    expect(stored).toEqual(all((key) => key !== givenUp));
    expect(found).toEqual(new Map(entries.filter(([key]) => key !== givenUp)));
    expect(deleted!.size).toBe(1);
    expect([...(await herd.getMany(own(herd))).keys()]).toEqual(well);
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    const error: unknown = await strict.setMany(entries, minute).catch((thrown: unknown) => thrown);
    expect([...(error as HerdManyError).failures]).toEqual([[givenUp, expect.any(HerdDoubtError)]]);
    await expect(strict.getMany(keys)).rejects.toThrow(HerdDoubtError);
  });

  it('are answered by a stand-in but for one that must not be used there', async () => {
    const herd = await start({ timeoutMs: 10_000, onNodeDown: 'next', ejectAfter: 1000, lateWritesMs: 60_000 });
    await dead.close();
    expect(await herd.setMany(entries, minute)).toEqual(all(() => true));
    const [givenUp] = own(herd);
    for (const node of nodes) node.delayReplies(60_000);
    await herd.withPolicy({ timeoutMs: 200 }).set(givenUp!, 'late', minute);
    for (const node of nodes) node.delayReplies(0);
    expect(await herd.getMany(keys)).toEqual(new Map(entries.filter(([key]) => key !== givenUp)));
  });

  it('are stored but for one that the server refuses, and the refusal names it', async () => {
    const herd = await start();
    const large = [...entries, ['large', 'x'.repeat(2_000_000)] as const];
    const error = await herd.setMany(large, minute).then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HerdManyError);
    const { failures, results } = error as HerdManyError;
    expect([...failures.keys()]).toEqual(['large']);
    expect(failures.get('large')).toBeInstanceOf(HerdRequestError);
    expect(results).toEqual(all(() => true));
    expect(await herd.getMany(keys)).toEqual(new Map(entries));
  });

  it('end with the signal of the caller', async () => {
    const herd = await start();
    nodes.forEach((node) => node.delayReplies(1000));
    const abort = new AbortController();
    const call = herd.setMany(entries, { ...minute, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

describe('one value among many that cannot be decoded', () => {
  // The channel is every herd's of the process.
  const name = 'with-unreadable';
  const reported: unknown[] = [];
  const listen = (message: unknown): void => {
    const { herd, error } = message as FailureMessage;
    if (herd === name) reported.push(error);
  };
  beforeEach(() => {
    reported.length = 0;
    subscribe('rookery:herd:failure', listen);
  });
  afterEach(() => void unsubscribe('rookery:herd:failure', listen));

  it('is a miss, reported, with memcached; under `error` it is thrown', async () => {
    const node = await startMemcachedNode();
    const herd = await startHerd({ name, discovery: staticNodes([`127.0.0.1:${node.port}`]), driver: memcached() });
    await herd.set('good', 1, minute);
    await exchange(node.port, 'set bad 0 60 4\r\nnope\r\n');
    expect(await herd.getMany(['bad', 'good'])).toEqual(new Map([['good', 1]]));
    expect(await herd.get('bad')).toBeUndefined();
    expect([await herd.gets('bad'), (await herd.getsMany(['bad', 'good'])).size]).toEqual([undefined, 1]);
    expect(reported).toHaveLength(4);
    for (const error of reported) expect(error).toBeInstanceOf(HerdUnreadableError);
    const strict = herd.withPolicy({ onNodeDown: 'error' });
    await expect(strict.getMany(['bad', 'good'])).rejects.toThrow(HerdUnreadableError);
    await expect(strict.get('bad')).rejects.toThrow('The value of "bad" (flags 0) cannot be read');
    await herd.close();
    await node.close();
  });

  it('is a miss, reported, with Redis', async () => {
    const server = await startRedis();
    const driver = redis();
    const herd = await startHerd({ name, discovery: staticNodes([`${server.host}:${server.port}`]), driver });
    const raw = await startHerd({
      discovery: staticNodes([`${server.host}:${server.port}`]),
      driver: redis({
        codec: { encode: (value) => ({ bytes: Buffer.from(String(value)), flags: 2 }), decode: String },
      }),
    });
    await herd.set('good', 1, minute);
    await raw.set('bad', 'no JSON', minute);
    expect(await herd.getMany(['bad', 'good'])).toEqual(new Map([['good', 1]]));
    expect([await herd.get('bad'), await herd.gets('bad')]).toEqual([undefined, undefined]);
    expect(reported).toHaveLength(3);
    await Promise.all([herd.close(), raw.close()]);
    await server.stop();
  });

  it('is loaded anew by a cache, and costs no other key', async () => {
    const node = await startMemcachedNode();
    const herd = await startHerd({ name, discovery: staticNodes([`127.0.0.1:${node.port}`]), driver: memcached() });
    await exchange(node.port, 'set bad 0 60 4\r\nnope\r\n');
    expect(await herd.getOrSet('bad', '1m', () => 'loaded')).toBe('loaded');
    expect(await herd.getOrSet('bad', '1m', () => 'again', { beta: 0 })).toBe('loaded');
    await herd.close();
    await node.close();
  });
});
