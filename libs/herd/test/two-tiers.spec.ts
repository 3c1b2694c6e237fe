import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { deserialize, serialize } from 'node:v8';

import { herdChannels, inProcessBus, startHerd, staticNodes } from '@rookery/herd';
import type { Cache, CacheMessage, InvalidationBus, NamespaceOptions } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import type { Herd } from '@rookery/herd';

import { until } from './poll.js';

const minute = { ttl: '1m' } as const;
const unexpected = () => Promise.reject(new Error('was loaded again'));

describe('values in memory before those of the nodes', () => {
  let now: number;
  let node: MemcachedNode;
  const opened: Herd<MemcachedCommands>[] = [];
  const open = async (options: object = {}): Promise<Herd<MemcachedCommands>> => {
    const discovery = staticNodes([`127.0.0.1:${node.port}`]);
    const herd = await startHerd({ discovery, driver: memcached(), timeoutMs: 2000, now: () => now, ...options });
    opened.push(herd);
    return herd;
  };
  const users = async (bus?: InvalidationBus, options: NamespaceOptions = {}) =>
    (await open(bus && { bus })).namespace('users', { memory: { ttl: '20s' }, beta: 0, ...options });
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    node = await startMemcachedNode({ now: () => now });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((herd) => herd.close()));
    await node.close();
  });

  it('are served without a node, for as long as memory.ttl', async () => {
    const cache = await users();
    await cache.getOrSet('k', '1m', () => ({ any: ['value'] }));
    await cache.set('other', 1, minute);
    expect(await cache.get('other')).toBe(1);
    await node.close();
    now += 19_000;
    expect(await cache.getOrSet('k', '1m', unexpected)).toEqual({ any: ['value'] });
    expect(await cache.getMany(['k', 'other'])).toEqual(
      new Map<string, unknown>([
        ['k', { any: ['value'] }],
        ['other', 1],
      ]),
    );
    now += 1000;
    expect(await cache.get('other')).toBeUndefined();
    expect(await cache.getOrSet('k', '1m', () => 'anew')).toBe('anew');
  });

  it('are kept there by getOrSetMany too, and go where a load finds none before their end', async () => {
    const [cache, anew] = [await users(), opened[0]!.namespace('users', { memory: { ttl: '20s' }, beta: 1e9 })];
    const load = (keys: readonly string[]) => ((now += 10), new Map(keys.map((key) => [key, `of ${key}`])));
    expect(await cache.getOrSetMany(['a', 'b'], '1m', load)).toEqual(load(['a', 'b']));
    now += 20_000;
    expect(await anew.getOrSetMany(['a'], '1m', () => new Map())).toEqual(load(['a']));
    await until('it is gone', async () => (await cache.get('a')) === undefined);
    expect(await cache.getOrSetMany(['a', 'b'], '1m', load)).toEqual(load(['a', 'b']));
    await node.close();
    expect(await cache.getOrSetMany(['a', 'b'], '1m', unexpected)).toEqual(load(['a', 'b']));
  });

  it('are asked of no node again by any call that reads', async () => {
    const cache = await users();
    for (const key of ['a', 'b']) await cache.set(key, `of ${key}`, minute);
    const both = await cache.getMany(['a', 'b']);
    await node.close();
    expect(await cache.get('a')).toBe('of a');
    expect(await cache.getMany(['a', 'b'])).toEqual(both);
    expect(await cache.getOrSet('a', '1m', unexpected)).toBe('of a');
    expect(await cache.getOrSetMany(['b', 'a'], '1m', unexpected)).toEqual(both);
    const load = (keys: readonly string[]) => new Map(keys.map((key) => [key, `made of ${key}`]));
    expect(await cache.getOrSetMany(['a', 'c'], '1m', load)).toEqual(
      new Map([
        ['a', 'of a'],
        ['c', 'made of c'],
      ]),
    );
  });

  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['get', (cache) => cache.get('k')],
    ['getMany', (cache) => cache.getMany(['k', 'k'])],
    ['getOrSet', (cache) => cache.getOrSet('k', '1m', unexpected).catch(() => undefined)],
    ['getOrSetMany', (cache) => cache.getOrSetMany(['k', 'k'], '1m', () => new Map())],
  ])('are reported with what each question found, where, and of which node: %s', async (_name, ask) => {
    const cache = await users();
    const heard: CacheMessage[] = [];
    const listen = (message: unknown): void => void heard.push(message as CacheMessage);
    subscribe(herdChannels.cache, listen);
    try {
      await ask(cache);
      await cache.set('k', 1, minute);
      for (let time = 0; time < 2; time++) await ask(cache);
    } finally {
      unsubscribe(herdChannels.cache, listen);
    }
    const common = { herd: 'default', namespace: 'users', key: 'k' };
    const id = `127.0.0.1:${node.port}`;
    expect(heard).toEqual([
      { ...common, event: 'miss', node: id },
      { ...common, event: 'hit', tier: 'node', node: id },
      { ...common, event: 'hit', tier: 'memory' },
    ]);
  });

  it('are reported without a node while their place is not known', async () => {
    const away = (await open({ discovery: staticNodes(['127.0.0.1:9']) })).namespace('users', { memory: {} });
    const heard: CacheMessage[] = [];
    const listen = (message: unknown): void => void heard.push(message as CacheMessage);
    subscribe(herdChannels.cache, listen);
    expect(await away.get('k')).toBeUndefined();
    unsubscribe(herdChannels.cache, listen);
    expect(heard).toEqual([{ herd: 'default', namespace: 'users', key: 'k', event: 'miss' }]);
  });

  it.each([true, false])('are of one type, whoever comes first; with memory: %p', async (memory) => {
    const herd = await open();
    const [one, two] = [herd.namespace('n', memory ? { memory: {} } : {}), (await open()).namespace('n')];
    const load = () => ({ at: new Date(0), none: undefined, nan: NaN, list: [undefined] });
    const expected = { at: '1970-01-01T00:00:00.000Z', nan: null, list: [null] };
    for (const cache of [one, two, one, two])
      expect(await cache.getOrSet('k', '1m', load, { beta: 0 })).toStrictEqual(expected);
    for (const cache of [one, two])
      expect(
        (await cache.getOrSetMany('ab'.split(''), '1m', (keys) => new Map(keys.map((key) => [key, load()])))).get('a'),
      ).toStrictEqual(expected);
    const unstorable = { n: 1n };
    for (const cache of [one, two]) expect(await cache.getOrSet('big', '1m', () => unstorable)).toBe(unstorable);
  });

  it('cannot be poisoned: what plain code would change is frozen, and all else is a copy', async () => {
    const cache = await users();
    const loaded = { list: [1] };
    const first = await cache.getOrSet('k', '1m', () => loaded);
    loaded.list.push(2);
    expect(() => first.list.push(3)).toThrow(TypeError);
    expect(await cache.getOrSet('k', '1m', unexpected)).toEqual({ list: [1] });
    const codec = {
      encode: (value: unknown) => ({ bytes: serialize(value), flags: 0 }),
      decode: ({ bytes }: { bytes: Buffer }) => deserialize(bytes) as unknown,
    };
    const dates = (await open({ driver: memcached({ codec }) })).namespace('dates', { memory: {} });
    (await dates.getOrSet('d', '1m', () => new Map([['at', new Date(5)]]))).get('at')!.setTime(9);
    for (let i = 0; i < 2; i++) {
      const found = await dates.getOrSet<Map<string, Date>>('d', '1m', unexpected);
      expect(found).toEqual(new Map([['at', new Date(5)]]));
      found.get('at')!.setTime(9);
    }
  });

  it('cannot be poisoned while no node answers, by one of those who wait for the same load', async () => {
    const away = (await open({ discovery: staticNodes(['127.0.0.1:9']) })).namespace('users', { memory: {} });
    const load = () => Promise.resolve({ at: new Date(5), list: [1] });
    const [one, two] = await Promise.all([away.getOrSet('k', '1m', load), away.getOrSet('k', '1m', load)]);
    expect(() => one.list.push(2)).toThrow(TypeError);
    expect([one, two]).toEqual([1, 2].map(() => ({ at: new Date(5).toJSON(), list: [1] })));
  });

  it.each([true, false])('is an own value for each who waits for the same load; with memory: %p', async (memory) => {
    const codec = {
      encode: (value: unknown) => ({ bytes: serialize(value), flags: 0 }),
      decode: ({ bytes }: { bytes: Buffer }) => deserialize(bytes) as unknown,
    };
    const cache = (await open({ driver: memcached({ codec }) })).namespace('n', memory ? { memory: {} } : {});
    const load = () => Promise.resolve({ at: new Date(5) });
    const asked = [1, 2, 3].map(() =>
      cache.getOrSet('k', '1m', load).then((found) => {
        const was = found.at.getTime();
        found.at.setTime(9);
        return was;
      }),
    );
    expect(await Promise.all(asked)).toEqual([5, 5, 5]);
  });

  it.each<[string, (cache: Awaited<ReturnType<typeof users>>) => Promise<unknown>]>([
    ['set', (cache) => cache.set('k', 'new', minute)],
    ['setMany', (cache) => cache.setMany([['k', 'new']], minute)],
    ['delete', (cache) => cache.delete('k')],
    ['deleteMany', (cache) => cache.deleteMany(['k', 'none'])],
    ['clear', (cache) => cache.clear()],
    ['deleteTags', (cache) => cache.deleteTags(['user:7'])],
  ])('are dropped in each process by %s of one, with memory or without', async (_name, change) => {
    const bus = inProcessBus();
    const [one, two] = [await users(bus), await users(bus)];
    const plain = (await open({ bus })).namespace('users');
    for (const writer of [one, two, plain]) {
      await one.set('k', 'old', { ...minute, tags: ['user:7'] });
      for (const reader of [one, two]) expect([await reader.get('k'), await reader.get('k')]).toEqual(['old', 'old']);
      await change(writer);
      for (const reader of [one, two, plain]) expect(await reader.get('k')).not.toBe('old');
    }
  });

  it('are dropped at memory.ttl while the bus is away, and told of when it is back', async () => {
    const real = inProcessBus();
    let away = false;
    const bus = {
      ...real,
      publish: (one: Parameters<typeof real.publish>[0]) =>
        away ? Promise.reject(new Error('away')) : real.publish(one),
    };
    const [one, two] = [await users(bus), await users(bus)];
    await one.set('k', 'old', minute);
    await two.get('k');
    away = true;
    await one.set('k', 'new', minute);
    expect([await one.get('k'), await two.get('k')]).toEqual(['new', 'old']);
    now += 19_999;
    expect(await two.get('k')).toBe('old');
    now += 1;
    expect(await two.get('k')).toBe('new');
    for (let i = 0; i < 1500; i++) await one.delete(`other-${i}`);
    await one.set('k', 'newest', minute);
    expect(await two.get('k')).toBe('new');
    away = false;
    await until('what was missed is told', async () => (await two.get('k')) === 'newest');
  });

  it('are all dropped after a gap of the bus', async () => {
    const real = inProcessBus();
    const gaps: (() => void)[] = [];
    const bus: InvalidationBus = {
      ...real,
      subscribe: (listener) => (gaps.push(() => listener.onGap()), real.subscribe(listener)),
    };
    const cache = await users(bus);
    await cache.set('k', 'old', minute);
    expect(await cache.get('k')).toBe('old');
    await (await open()).namespace('users').set('k', 'unheard', minute);
    expect(await cache.get('k')).toBe('old');
    gaps.forEach((gap) => gap());
    expect(await cache.get('k')).toBe('unheard');
  });

  it('are one memory for one namespace of a herd, whose limits are the same', async () => {
    const herd = await open();
    const [one, two] = [
      herd.namespace('n', { memory: {} }),
      herd.withPolicy({ timeoutMs: 500 }).namespace('n', { memory: {} }),
    ];
    await one.set('k', 1, minute);
    expect([await one.get('k'), await two.get('k')]).toEqual([1, 1]);
    await two.set('k', 2, minute);
    expect(await one.get('k')).toBe(2);
    expect(() => herd.namespace('n', { memory: { maxEntries: 5 } })).toThrow(
      'memory must be the same wherever the namespace n is opened',
    );
    expect(() => herd.namespace('m', { memory: { maxEntires: 5, maxBytes: 0, ttl: 'soon' } } as never)).toThrow(
      /3 herd options.*memory\.maxEntries\?.*memory\.maxBytes.*memory\.ttl/s,
    );
    await expect(startHerd({ discovery: staticNodes(['a:1']), driver: memcached(), bus: {} as never })).rejects.toThrow(
      'bus must be an invalidation bus',
    );
  });

  it('give no reader what is older than the last write that it could have heard of', async () => {
    const bus = inProcessBus();
    const [writer, ...readers] = [
      await users(bus),
      await users(bus),
      await users(bus, { memory: { ttl: '20s', maxEntries: 3 } as never }).catch(() => users(bus)),
    ];
    const keys = ['a', 'b', 'c', 'd', 'e'];
    const written = new Map(keys.map((key) => [key, 0]));
    const source = new Map(written);
    let running = true;
    let reads = 0;
    const stale: string[] = [];
    const read = async (reader: (typeof readers)[number], seed: number): Promise<void> => {
      for (let i = seed; running; i++) {
        const key = keys[i % keys.length]!;
        const least = written.get(key)!;
        const value =
          i % 3 === 0
            ? await reader.get<number>(key)
            : await reader.getOrSet(key, '1m', () => source.get(key)!, { tags: [`t:${key}`] });
        reads++;
        if (value !== undefined && value < least) stale.push(`${key}: ${value} after ${least}`);
      }
    };
    const lanes = [writer, ...readers].flatMap((reader) => [0, 1, 2, 3].map((lane) => read(reader, lane)));
    for (let n = 1; n <= 400; n++) {
      const key = keys[n % keys.length]!;
      source.set(key, n);
      if (n % 4 === 0) await writer.set(key, n, minute);
      else if (n % 4 === 1) await writer.delete(key);
      else if (n % 4 === 2) await writer.deleteTags([`t:${key}`]).then(() => writer.delete(key));
      else await writer.clear();
      written.set(key, n);
    }
    running = false;
    await Promise.all(lanes);
    expect(reads).toBeGreaterThan(200);
    expect(stale).toEqual([]);
  }, 60_000);
});

describe('freshness', () => {
  let now: number;
  let node: MemcachedNode;
  let herd: Herd<MemcachedCommands>;
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    node = await startMemcachedNode({ now: () => now });
    herd = await startHerd({
      discovery: staticNodes([`127.0.0.1:${node.port}`]),
      driver: memcached(),
      timeoutMs: 2000,
      now: () => now,
    });
  });
  afterEach(async () => {
    await herd.close();
    await node.close();
  });
  const slowly = () => {
    let release!: (value: string) => void;
    const load = () => new Promise<string>((resolve) => (release = resolve));
    return { load, begun: () => release !== undefined, release: (value: string) => release(value) };
  };

  it('serves a stale value at once, and makes it anew behind it', async () => {
    const cache = herd.namespace('n', { staleWhileRevalidate: '1m', beta: 0 });
    await cache.getOrSet('k', '1m', () => 'old');
    now += 90_000;
    const slow = slowly();
    expect(await cache.getOrSet('k', '1m', slow.load)).toBe('old');
    await until('it is made anew', slow.begun);
    expect(await cache.getOrSet('k', '1m', unexpected)).toBe('old');
    slow.release('new');
    await until('it is there', async () => (await cache.getOrSet('k', '1m', unexpected)) === 'new');
    now += 121_000;
    expect(await cache.getOrSet('k', '1m', () => 'later')).toBe('later');
  });

  it('waits for a load no longer than softTimeout where a stale value will do', async () => {
    const cache = herd.namespace('n', { staleIfError: '1h', softTimeout: '20ms', beta: 0 });
    await cache.getOrSet('k', '1m', () => 'old');
    now += 90_000;
    const slow = slowly();
    expect(await cache.getOrSet('k', '1m', slow.load)).toBe('old');
    expect(await cache.getOrSet('k', '1m', unexpected)).toBe('old');
    slow.release('new');
    await until('it is kept', async () => (await cache.get('k')) === 'new');
    expect(await cache.getOrSet('none', '1m', () => new Promise((resolve) => setTimeout(resolve, 50, 'made')))).toBe(
      'made',
    );
    expect(() => herd.namespace('m', { softTimeout: '1s' })).toThrow('softTimeout must stand beside staleIfError');
  });

  it('takes the life from the value, and keeps none that `unless` names', async () => {
    const cache = herd.namespace('n', { beta: 0 });
    const ttl = (value: { seconds: number }) => value.seconds * 1000;
    await cache.getOrSet('short', ttl, () => ({ seconds: 5 }));
    await cache.getOrSet('long', ttl, () => ({ seconds: 50 }));
    now += 6000;
    expect([await cache.get('short'), await cache.get('long')]).toEqual([undefined, { seconds: 50 }]);
    await expect(cache.getOrSet('zero', ttl, () => ({ seconds: 0 }))).rejects.toThrow(
      'A ttl must be a duration above 0',
    );
    const unless = ((value: string) => value === 'partial') as never;
    expect(await cache.getOrSet('u', '1m', () => 'partial', { unless })).toBe('partial');
    expect(await cache.getOrSet('u', '1m', () => 'whole', { unless })).toBe('whole');
    expect(await cache.getOrSet('u', '1m', unexpected, { unless })).toBe('whole');
  });

  it('drops by tags, also what is being loaded', async () => {
    const [cache, elsewhere] = [herd.namespace('n', { beta: 0 }), herd.withPolicy({ timeoutMs: 1000 }).namespace('n')];
    await cache.getOrSet('a', '1m', () => 'old', { tags: ['user:7', 'team:1'] });
    await cache.set('b', 'old', { ttl: '1m', tags: ['team:1'] });
    await cache.set('c', 'kept', minute);
    const slow = slowly();
    const loading = cache.getOrSet('d', '1m', slow.load, { tags: ['user:7'] });
    await until('it loads', slow.begun);
    expect(await elsewhere.deleteTags(['user:7'])).toBe(true);
    slow.release('out of date');
    expect(await loading).toBe('out of date');
    expect(await cache.getMany(['a', 'b', 'c', 'd'])).toEqual(
      new Map([
        ['b', 'old'],
        ['c', 'kept'],
      ]),
    );
    const refused = [
      { tags: 'user:7' },
      { tags: [''] },
      { tags: ['a', 'a'] },
      { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) },
    ];
    for (const options of refused)
      await expect(cache.set('k', 1, { ttl: '1m', ...options } as never)).rejects.toThrow(
        'tags must be a list of up to 20',
      );
    await expect(herd.getOrSet('k', '1m', () => 1, { tags: ['t'] })).rejects.toThrow('tags is for namespaces');
  });

  it('loads what is missing of many keys by one call, and keeps it', async () => {
    const cache = herd.namespace('n', { beta: 0, negativeTtl: '10s' });
    await cache.set('a', 'kept', minute);
    const asked: (readonly string[])[] = [];
    const load = (keys: readonly string[]) => (
      asked.push(keys),
      new Map(keys.filter((key) => key !== 'none').map((key) => [key, `of ${key}`]))
    );
    const found = () => cache.getOrSetMany(['a', 'b', 'none', 'c', 'b'], '1m', load);
    const expected = new Map([
      ['a', 'kept'],
      ['b', 'of b'],
      ['c', 'of c'],
    ]);
    expect([await found(), await found()]).toEqual([expected, expected]);
    expect(asked).toEqual([['b', 'none', 'c']]);
    expect(await cache.getOrSetMany([], '1m', load)).toEqual(new Map());
    const slow = slowly();
    const loading = cache.getOrSetMany(
      ['x', 'y'],
      '1m',
      async () =>
        new Map([
          ['x', await slow.load()],
          ['y', 'kept'],
        ]),
    );
    await until('it loads', slow.begun);
    await herd.namespace('n').delete('x');
    slow.release('out of date');
    expect((await loading).get('x')).toBe('out of date');
    expect(await cache.getMany(['x', 'y'])).toEqual(new Map([['y', 'kept']]));
  });

  it('does not keep what was loaded before a set of another process', async () => {
    const [one, two] = [herd.namespace('n'), herd.namespace('n')];
    const slow = slowly();
    const loading = one.getOrSet('k', '1m', slow.load);
    await until('it loads', slow.begun);
    await two.set('k', 'newer', minute);
    slow.release('older');
    expect(await loading).toBe('older');
    expect(await two.get('k')).toBe('newer');
  });
});
