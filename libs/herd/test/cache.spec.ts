import { HerdOptionError, HerdTimeoutError, startHerd, staticNodes } from '@rookery/herd';
import type { Herd, HerdOptions } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { startMemcached } from '@rookery/services';

import { until } from './poll.js';

const broken = () => Promise.reject(new Error('the database is down'));
const unexpected = () => Promise.reject(new Error('was loaded again'));
const never = () => new Promise<never>(() => undefined);

const drivers = [
  ['memcached', memcached],
  ['metaMemcached', metaMemcached],
] as unknown as readonly (readonly [string, typeof memcached])[];

describe.each(drivers)('getOrSet, by %s', (_name, makeDriver) => {
  let now: number;
  let nodes: MemcachedNode[];
  let herds: Herd<MemcachedCommands>[];
  const start = async (options: Partial<HerdOptions<never, never>> = {}): Promise<Herd<MemcachedCommands>> => {
    const discovery = staticNodes(nodes.map(({ port }) => `127.0.0.1:${port}`));
    const herd = await startHerd({
      discovery,
      driver: makeDriver(),
      timeoutMs: 2000,
      now: () => now,
      ...(options as object),
    });
    herds.push(herd);
    return herd;
  };
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    herds = [];
    nodes = await Promise.all([1, 2].map(() => startMemcachedNode({ now: () => now })));
  });
  afterEach(async () => {
    await Promise.all(herds.map((herd) => herd.close()));
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('loads once, and keeps the value for its life', async () => {
    const herd = await start();
    expect(await herd.getOrSet('k', '1m', () => ({ any: ['value'] }))).toEqual({ any: ['value'] });
    now += 59_000;
    expect(await herd.getOrSet('k', '1m', unexpected, { beta: 0 })).toEqual({ any: ['value'] });
    now += 1000;
    expect(await herd.getOrSet('k', '1m', () => 'next')).toBe('next');
  });

  it('loads once for all callers of one moment, in one process and in two', async () => {
    const [one, two] = [await start(), await start()];
    let loads = 0;
    let release!: (value: string) => void;
    const value = new Promise<string>((resolve) => (release = resolve));
    const load = () => (loads++, value);
    const asked = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? one : two).getOrSet('k', '1m', load, { waitMs: 60_000 }),
    );
    await until('one of them loads', () => loads > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    release('made once');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['made once']));
    expect(loads).toBe(1);
  });

  it('waits no longer than waitMs for a process that loads', async () => {
    const [one, two] = [await start(), await start()];
    let release!: (value: string) => void;
    const slow = one.getOrSet('k', '1m', () => new Promise<string>((resolve) => (release = resolve)));
    await until('it loads', () => release !== undefined);
    expect(await two.getOrSet('k', '1m', () => 'own', { waitMs: 30 })).toBe('own');
    release('late');
    expect(await slow).toBe('late');
  });

  it('does not share a failure with later callers, nor keep others waiting after one', async () => {
    const herd = await start();
    await expect(herd.getOrSet('k', '1m', broken)).rejects.toThrow('the database is down');
    await expect(
      herd.getOrSet('k', '1m', () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    expect(await herd.getOrSet('k', '1m', () => 1, { waitMs: 60_000 })).toBe(1);
  });

  it('serves a value past its end when loading fails, for as long as staleIfError sets', async () => {
    const herd = await start();
    const users = herd.namespace('users', { staleIfError: '1h' });
    await users.getOrSet('k', '1m', () => 'old');
    now += 90_000;
    expect(await users.getOrSet('k', '1m', broken)).toBe('old');
    expect(await users.get('k')).toBeUndefined();
    await expect(users.getOrSet('k', '1m', broken, { staleIfError: '10s' })).rejects.toThrow('the database is down');
    expect(await users.getOrSet('k', '1m', () => 'new')).toBe('new');
    now += 62 * 60_000;
    await expect(users.getOrSet('k', '1m', broken)).rejects.toThrow('the database is down');
  });

  it('remembers that there is no value only where negativeTtl is set', async () => {
    const herd = await start();
    let loads = 0;
    const none = () => void loads++;
    await herd.getOrSet('k', '1m', none);
    expect(await herd.getOrSet('k', '1m', none, { negativeTtl: '10s' })).toBeUndefined();
    expect(await herd.getOrSet('k', '1m', none)).toBeUndefined();
    expect(loads).toBe(2);
    now += 10_000;
    expect(await herd.getOrSet<string | void>('k', '1m', () => 'there')).toBe('there');
    expect(await herd.getOrSet('null', '1m', () => null)).toBeNull();
    expect(await herd.getOrSet('null', '1m', unexpected, { beta: 0 })).toBeNull();
  });

  it('makes a value anew before its end, in the background', async () => {
    const herd = await start();
    const slowly = (value: string) => () => ((now += 100), value);
    await herd.getOrSet('k', '1m', slowly('first'));
    expect(await herd.getOrSet('k', '1m', broken, { beta: 1e9 })).toBe('first');
    await until(
      'the second is there',
      async () => (await herd.getOrSet('k', '1m', slowly('second'), { beta: 1e9 })) === 'second',
    );
  });

  it('does not keep what was loaded before a delete, of this process or another', async () => {
    const [one, two] = [(await start()).namespace('n'), (await start()).namespace('n')];
    for (const deleter of [one, two]) {
      let release!: (value: string) => void;
      const loading = one.getOrSet('k', '1m', () => new Promise<string>((resolve) => (release = resolve)));
      await until('it loads', () => release !== undefined);
      await deleter.delete('k');
      release('out of date');
      expect(await loading).toBe('out of date');
      expect(await two.get('k')).toBeUndefined();
    }
  });

  it('loads when no node can be read, when the value is too large, and when another wrote the key', async () => {
    const herd = await start({ driver: makeDriver({ maxValueBytes: 1000 }) } as never);
    expect(await herd.getOrSet('large', '1m', () => 'x'.repeat(2000))).toHaveLength(2000);
    await herd.set('taken', 'by another', { ttl: '1m' });
    expect(await herd.getOrSet('taken', '1m', () => 'mine')).toBe('mine');
    await Promise.all(nodes.map((node) => node.close()));
    const strict = herd.withPolicy({ onNodeDown: 'error', timeoutMs: 500 });
    for (const any of [herd, strict, strict.namespace('n')])
      expect(await any.getOrSet('k', '1m', () => 'loaded')).toBe('loaded');
  });

  it('ends a load that takes too long, and aborts its signal', async () => {
    const herd = await start();
    let signal!: AbortSignal;
    const hanging = (its: AbortSignal) => ((signal = its), never());
    await expect(herd.getOrSet('k', '1m', hanging, { loadTimeout: '10ms' })).rejects.toThrow(HerdTimeoutError);
    expect(signal.aborted).toBe(true);
  });

  it.each([
    [{ beta: -1 }, 'beta'],
    [{ waitMs: NaN }, 'waitMs'],
    [{ staleIfError: 'soon' }, 'staleIfError'],
    [{ loadTimeout: 'never' }, 'loadTimeout'],
    [{ ttl: 5 }, 'ttl'],
  ])('refuses the options %j, and names the wrong one', async (options, name) => {
    const herd = await start();
    const refused = expect.objectContaining({
      problems: [expect.objectContaining({ option: name }) as object],
    }) as object;
    await expect(herd.getOrSet('k', '1m', () => 1, options as never)).rejects.toThrow(refused as Error);
    expect(() => herd.namespace('n', options as never)).toThrow(HerdOptionError);
    await expect(herd.getOrSet('k', 0, () => 1)).rejects.toThrow('A ttl must be a duration above 0');
    expect(() => herd.namespace('a b')).toThrow(`use a name such as 'users'`);
  });

  it('refuses a life that memcached cannot keep, and names the unit', async () => {
    const herd = await start();
    const remedy = `A ttl must be 1000 ms or more, as these servers keep no shorter life (got 60): a number is milliseconds: pass '60s' for 60 seconds`;
    await expect(herd.set('k', 1, { ttl: 60 })).rejects.toThrow(remedy);
    await expect(herd.getOrSet('k', 60, unexpected)).rejects.toThrow(remedy);
    await expect(herd.namespace('n').set('k', 1, { ttl: 60 })).rejects.toThrow(remedy);
    expect(() => herd.namespace('n', { negativeTtl: 60 })).toThrow('negativeTtl must be 1000 ms or more');
    expect(await herd.set('k', 1, { ttl: 60_000 })).toBe(true);
    now += 59_000;
    expect(await herd.get('k')).toBe(1);
    now += 2000;
    expect(await herd.get('k')).toBeUndefined();
  });

  it('refuses a policy with wrong options, all at once', async () => {
    const herd = await start();
    expect(() => herd.withPolicy({ onNodeDwn: 'error', timeoutMs: 0 } as never)).toThrow(
      /^2 herd options are wrong:\n.*did you mean onNodeDown\?.*\n.*timeoutMs must be milliseconds/,
    );
  });

  it('refuses options of one call that only a namespace has', async () => {
    const herd = await start();
    const call = herd.getOrSet('k', '1m', unexpected, { generationMaxAgeMs: 5 } as never);
    await expect(call).rejects.toThrow('generationMaxAgeMs is not an option');
    const set = herd.namespace('n').set('k', 1, { ttl: '1m', signal: undefined } as never);
    await expect(set).rejects.toThrow('signal is not an option; the options are ttl, tags');
  });
});

describe.each(drivers)('a namespace, by %s', (_name, makeDriver) => {
  it('holds any key, and drops all of its own at once, for all processes', async () => {
    const servers = await Promise.all([startMemcached(), startMemcached()]);
    const discovery = staticNodes(servers.map(({ address }) => address));
    const [one, two] = await Promise.all([1, 2].map(() => startHerd({ discovery, driver: makeDriver() })));
    const [users, orders] = [one!.namespace('users'), one!.namespace('orders')];
    const keys = ['plain', 'with spaces\r\n', '', 'é'.repeat(200)];
    for (const key of keys) expect(await users.set(key, `of ${key}`, { ttl: '1m' })).toBe(true);
    await orders.set('plain', 'order', { ttl: '1m' });
    const elsewhere = two!.namespace('users');
    expect(await elsewhere.getMany(keys)).toEqual(new Map(keys.map((key) => [key, `of ${key}`])));
    expect(await elsewhere.delete('plain')).toBe(true);
    expect(await users.get('plain')).toBeUndefined();
    expect(await elsewhere.clear()).toBe(true);
    expect(await users.getMany(keys)).toEqual(new Map());
    expect(await orders.get('plain')).toBe('order');
    expect(await users.set('plain', 'new', { ttl: '1m' })).toBe(true);
    expect(await elsewhere.get('plain')).toBe('new');
    await Promise.all([one!.close(), two!.close()]);
    await Promise.all(servers.map((server) => server.stop()));
  }, 30_000);

  it('does not go back to what it was before a clear, where a node that was away still has that', async () => {
    const server = await startMemcached();
    const discovery = staticNodes([server.address]);
    const [one, two] = await Promise.all([1, 2].map(() => startHerd({ discovery, driver: makeDriver() })));
    const [users, elsewhere] = [one!.namespace('users'), two!.namespace('users')];
    await users.set('k', 'old', { ttl: '1m' });
    const before = await two!.get('users:generation');
    expect(await elsewhere.clear()).toBe(true);
    await users.set('k', 'new', { ttl: '1m' });
    await two!.set('users:generation', before, { ttl: 'never' });
    expect(await users.get('k')).toBeUndefined();
    await until('it has begun anew', () => users.set('k', 'newer', { ttl: '1m' }));
    expect([await users.get('k'), await elsewhere.get('k')]).toEqual(['newer', 'newer']);
    await Promise.all([one!.close(), two!.close()]);
    await server.stop();
  }, 30_000);

  it('makes up for a clear that its node missed', async () => {
    const server = await startMemcached();
    const herd = await startHerd({ discovery: staticNodes([server.address]), driver: makeDriver(), timeoutMs: 100 });
    const users = herd.namespace('users');
    await users.set('k', 'old', { ttl: '1m' });
    server.pause();
    await until('the clear is missed', async () => !(await users.clear()));
    expect(await users.getOrSet('k', '1m', () => 'loaded')).toBe('loaded');
    server.resume();
    await until('the node is used again', async () => await users.set('other', 1, { ttl: '1m' }));
    expect(await users.get('k')).toBeUndefined();
    await herd.close();
    await server.stop();
  }, 30_000);
});
