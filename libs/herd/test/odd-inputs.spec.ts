import { randomUUID } from 'node:crypto';

import { HerdOptionError, HerdRequestError, startHerd, staticNodes } from '@rookery/herd';
import type { CacheOptions, Herd, HerdOptions, Namespace } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import type { MetaMemcachedCommands } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

const minute = { ttl: '1m' } as const;
const unexpected = () => Promise.reject(new Error('was loaded again'));

/** What JSON would give back as something else, by what it is called. */
const lossy: readonly (readonly [string, unknown])[] = [
  ['Map', new Map([[1, 2]])],
  ['Set', new Set([1])],
  ['RegExp', /x/],
  ['Error', Object.assign(new Error('x'), { code: 'E' })],
  ['Promise', Promise.resolve(1)],
  ['URLSearchParams', new URLSearchParams('a=1')],
  ['ArrayBuffer', new ArrayBuffer(2)],
  ['Uint8Array', new Uint8Array([1, 2])],
  ['Map at .rows[1].of', { rows: [{}, { of: new Map() }] }],
];
const formless: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['a symbol', Symbol('s')],
  ['a function', () => 1],
  ['a bigint', 1n],
  ['what has no JSON of its own', { toJSON: () => undefined }],
];

describe.each<[string, () => HerdOptions<never, MemcachedCommands>['driver'], () => Promise<RunningServer>]>([
  ['memcached', () => memcached() as never, () => startMemcached()],
  ['metaMemcached', () => metaMemcached() as never, () => startMemcached()],
  ['redis', () => redis() as never, () => startRedis()],
])('a cache on %s', (_name, makeDriver, startServer) => {
  let server: RunningServer;
  let herd: Herd<MemcachedCommands>;
  let plain: Namespace;
  let key: string;
  beforeAll(async () => {
    server = await startServer();
    const discovery = staticNodes([`${server.host}:${server.port}`]);
    herd = await startHerd({ discovery, driver: makeDriver(), timeoutMs: 5000 });
    plain = herd.namespace('plain');
  }, 30_000);
  afterAll(async () => {
    await herd?.close();
    await server?.stop();
  });
  beforeEach(() => void (key = randomUUID()));

  it.each(lossy)('refuses %s by name, as JSON would make it another', async (name, value) => {
    const calls = [
      () => herd.set(key, value, minute),
      () => herd.add(key, value, minute),
      () => herd.setMany([[key, value]], minute),
      () => plain.set(key, value, minute),
      () => plain.setMany([[key, value]], minute),
    ];
    const [what, place] = name.split(' at ');
    for (const call of calls) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(HerdRequestError);
      expect((error as Error).message).toContain(`JSON has no form for ${what}`);
      expect((error as Error).message).toContain(place ?? what);
    }
    expect([await herd.get(key), await plain.get(key)]).toEqual([undefined, undefined]);
  });

  it.each([...lossy.filter(([name]) => name !== 'Promise'), ...formless])(
    'gives %s as it was loaded, each time',
    async (_what, value) => {
      const spaces = [herd, plain, herd.namespace('memory', { memory: {} })];
      for (const space of spaces)
        for (let i = 0; i < 2; i++) expect(await space.getOrSet(key, '1m', () => value)).toBe(value);
      for (let i = 0; i < 2; i++) {
        const found = await plain.getOrSetMany([key], '1m', () => new Map([[key, value]]));
        expect(found.get(key)).toBe(value);
      }
    },
    30_000,
  );

  it.each(formless)('refuses to store %s', async (_what, value) => {
    await expect(herd.set(key, value, minute)).rejects.toThrow(HerdRequestError);
    await expect(plain.set(key, value, minute)).rejects.toThrow(HerdRequestError);
    await expect(
      plain.setMany(
        [
          ['good', 1],
          [key, value],
        ],
        minute,
      ),
    ).rejects.toThrow(HerdRequestError);
    expect(await plain.getOrSet(key, '1m', () => 'loaded')).toBe('loaded');
  });

  it('keeps what says itself what it is in JSON, and what JSON has a rule for', async () => {
    const value = {
      at: new Date(0),
      url: new URL('http://a/'),
      none: undefined,
      of: [null, {}, 0, false, '', [[]]],
      0: [NaN, undefined, -Infinity],
    };
    await herd.set(key, value, minute);
    expect(await herd.get(key)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      url: 'http://a/',
      of: value.of,
      0: [null, null, null],
    });
  });

  it('refuses keys of a namespace that are no texts: undefined and null were one with an empty one', async () => {
    for (const bad of [undefined, null, 7, {}, ['a'], Symbol('s')] as never[]) {
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        get: () => plain.get(bad),
        getMany: () => plain.getMany(['a', bad]),
        set: () => plain.set(bad, 1, minute),
        setMany: () => plain.setMany([[bad, 1]], minute),
        delete: () => plain.delete(bad),
        deleteMany: () => plain.deleteMany(['a', bad]),
        getOrSet: () => plain.getOrSet(bad, '1m', () => 1),
        'getOrSet of the herd': () => herd.getOrSet(bad, '1m', () => 1),
        getOrSetMany: () => plain.getOrSetMany(['a', bad], '1m', () => new Map()),
        nodeFor: () => Promise.resolve().then(() => herd.nodeFor(bad)),
      };
      for (const [name, call] of Object.entries(calls)) {
        const error: unknown = await call().catch((thrown: unknown) => thrown);
        expect([name, (error as HerdRequestError).code]).toEqual([name, 'HERD_REQUEST']);
      }
    }
  });

  it('refuses what is no list of keys, no loader, no Map, and no options', async () => {
    for (const list of [undefined, null, 'ab', 5, { a: 1 }, new Set(['a']), new Array(2)] as never[]) {
      await expect(plain.getMany(list)).rejects.toThrow(/needs a list of keys/);
      await expect(plain.deleteMany(list)).rejects.toThrow(/needs a list of keys/);
      await expect(plain.getOrSetMany(list, '1m', unexpected)).rejects.toThrow(/needs a list of keys/);
    }
    for (const given of [undefined, null, [], {}, 'text'] as never[]) {
      await expect(plain.getOrSetMany([key], '1m', () => given)).rejects.toThrow(/must give a Map/);
      await plain.set(key, 'there', minute);
      await expect(plain.getOrSet(key, '1m', given)).rejects.toThrow(/needs a function that loads/);
      await expect(plain.getOrSetMany([key], '1m', given)).rejects.toThrow(/needs a function that loads/);
      await plain.delete(key);
    }
    await expect(plain.set(key, 1, undefined as never)).rejects.toThrow(/A ttl must be a duration/);
    await expect(plain.setMany([[key, 1]], undefined as never)).rejects.toThrow(/A ttl must be a duration/);
    for (const node of [undefined, null, {}] as never[])
      await expect(herd.on(node, (c) => c.get(key))).rejects.toMatchObject({ code: 'HERD_NODE' });
  });

  it('drops what has any tag, whatever its name', async () => {
    for (const space of [plain, herd.namespace('tagged', { memory: {} })])
      for (const tag of ['__proto__', 'constructor', 'toString', 'a:b', 'é', '\ud800']) {
        await space.set(key, 'old', { ...minute, tags: [tag] });
        expect(await space.get(key)).toBe('old');
        await space.deleteTags([tag]);
        expect(await space.get(key)).toBe(undefined);
      }
  });

  it('drops by a tag of any length', async () => {
    for (const length of [1, ...Array.from({ length: 24 }, (_, i) => 220 + i), 1000]) {
      const tags = ['t'.repeat(length)];
      await plain.set(key, 'old', { ...minute, tags });
      expect([length, await plain.get(key)]).toEqual([length, 'old']);
      expect(await plain.deleteTags(tags)).toBe(true);
      expect(await plain.get(key)).toBe(undefined);
    }
  });

  it('keeps what lives, or may be served, for longer than the servers can say', async () => {
    const cases: readonly (readonly [string, CacheOptions])[] = [
      ['18250d', {}],
      ['1m', { staleIfError: '18250d' }],
      ['1m', { staleWhileRevalidate: '18250d' }],
    ];
    for (const [ttl, options] of cases) {
      const name = randomUUID();
      expect(await plain.getOrSet(name, ttl as '1m', () => 'loaded', options)).toBe('loaded');
      expect(await plain.getOrSet(name, ttl as '1m', unexpected, { ...options, beta: 0 })).toBe('loaded');
    }
    expect(await plain.set(key, 'set', { ttl: '18250d' })).toBe(true);
    expect(await plain.get(key)).toBe('set');
  });
});

describe('leases of metaMemcached', () => {
  let server: RunningServer;
  let herd: Herd<MetaMemcachedCommands>;
  beforeAll(async () => {
    server = await startMemcached();
    herd = await startHerd({ discovery: staticNodes([`${server.host}:${server.port}`]), driver: metaMemcached() });
  }, 30_000);
  afterAll(async () => {
    await herd?.close();
    await server?.stop();
  });

  it('have a life that ends, and that memcached can count from now', async () => {
    for (const life of ['31d', 'never', '18250d', 31 * 24 * 3_600_000] as never[]) {
      const key = randomUUID();
      await expect(herd.getLeased(key, { leaseTtl: life })).rejects.toThrow(/leaseTtl must be 30 days or less/);
      await expect(herd.getLeased(key, { leaseTtl: '1s', refreshBefore: life })).rejects.toThrow(
        /refreshBefore must be 30 days or less/,
      );
    }
    const key = randomUUID();
    expect(await herd.getLeased(key, { leaseTtl: '30d' })).toMatchObject({
      state: 'missing',
      lease: expect.any(String) as string,
    });
    expect(await herd.getLeased(key, { leaseTtl: '30d' })).toEqual({ state: 'missing', held: true });
    await herd.set(key, 1, { ttl: '29d' });
    expect(await herd.getLeased(key, { leaseTtl: '1s', refreshBefore: '30d' })).toMatchObject({
      state: 'fresh',
      lease: expect.any(String) as string,
    });
  });
});

it('a ttl of null is refused where there is a default, too', async () => {
  const server = await startMemcached();
  try {
    for (const make of [memcached, metaMemcached]) {
      const herd = (await startHerd({
        discovery: staticNodes([`${server.host}:${server.port}`]),
        driver: make({ defaultTtl: '1m' }),
      })) as unknown as Herd<MemcachedCommands>;
      const none = { ttl: null } as never;
      for (const call of [herd.set('k', 1, none), herd.touch('k', none), herd.setMany([['k', 1]], none)])
        await expect(call).rejects.toThrow(/A ttl must be a duration/);
      await herd.close();
    }
  } finally {
    await server.stop();
  }
});

describe('failoverTtl', () => {
  const discovery = staticNodes(['127.0.0.1:1']);
  it.each(['200ms', 999, '31d', Infinity])('of %p is refused with memcached, which cannot count it', (failoverTtl) =>
    expect(
      startHerd({ discovery, driver: memcached(), onNodeDown: 'next', failoverTtl: failoverTtl as never }),
    ).rejects.toThrow(HerdOptionError),
  );
  it('of 200 ms is kept by redis', async () => {
    const herd = await startHerd({ discovery, driver: redis(), onNodeDown: 'next', failoverTtl: '200ms' });
    await herd.close();
  });
});
