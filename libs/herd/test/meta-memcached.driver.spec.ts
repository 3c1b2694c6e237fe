import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

import { HerdOptionError, HerdRequestError, startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import type { LeaseOptions, MetaMemcachedHerd, MetaMemcachedOptions } from '@rookery/herd/meta-memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import { startMemcached } from '@rookery/services';
import fc from 'fast-check';

import { until } from './poll.js';
import { startPeer } from './scripted-peer.js';

const minute = { ttl: '1m' } as const;
const lease: LeaseOptions = { leaseTtl: '10s' };

describe.each<[string, () => Promise<{ port: number; stop(): Promise<void> }>]>([
  ['memcached', () => startMemcached()],
  [
    'the embedded node',
    async () => {
      const node = await startMemcachedNode();
      return { port: node.port, stop: () => node.close() };
    },
  ],
])('the meta protocol, on %s', (_name, startServer) => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let herd: MetaMemcachedHerd;
  let key: string;
  const start = (options?: MetaMemcachedOptions) =>
    startHerd({
      discovery: staticNodes([`127.0.0.1:${server.port}`]),
      driver: metaMemcached(options),
      timeoutMs: 5000,
      onNodeDown: 'error',
    });
  beforeAll(async () => {
    server = await startServer();
    herd = await start();
  }, 30_000);
  afterAll(async () => {
    await herd?.close();
    await server?.stop();
  });
  beforeEach(() => {
    key = randomUUID();
  });

  it('accepts any text as a key, in every command, up to what memcached has room for', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      fc.constantFrom('a b', '\r\n', 'é'),
    );
    await fc.assert(
      fc.asyncProperty(text, async (suffix) => {
        const name = `${key}${suffix}`;
        expect(await herd.set(name, 1, minute)).toBe(true);
        expect([await herd.get(name), await herd.incr(name), await herd.touch(name, minute)]).toEqual([1, 2, true]);
        expect(await herd.getMany([name, key])).toEqual(new Map([[name, 2]]));
        const found = await herd.gets(name);
        expect(await herd.cas(name, 3, found!.cas, minute)).toBe('stored');
        expect([await herd.add(name, 4, minute), await herd.replace(name, 5, minute)]).toEqual([false, true]);
        expect([await herd.get(name), await herd.delete(name), await herd.get(name)]).toEqual([5, true, undefined]);
        expect([await herd.delete(name), await herd.touch(name, minute)]).toEqual([false, false]);
        expect([await herd.incr(name), await herd.replace(name, 1, minute)]).toEqual([undefined, false]);
      }),
      { numRuns: 50 },
    );
    for (const name of ['k'.repeat(250), 'é'.repeat(125), ' '.repeat(186), '\n'.repeat(185)]) {
      expect(await herd.set(name, name, minute)).toBe(true);
      expect(await herd.get(name)).toBe(name);
      expect(await herd.delete(name)).toBe(true);
    }
  });

  it.each([
    ['k'.repeat(251), 'has at most 250 bytes, this one 251'],
    [' '.repeat(187), 'with spaces or control characters has at most 186 bytes, this one 187'],
    ['', 'not empty'],
    [7 as unknown as string, 'must be a text'],
  ])('refuses the key %j by name', async (name, why) => {
    for (const asked of [
      () => herd.get(name),
      () => herd.getMany([key, name]),
      () => herd.set(name, 1, minute),
      () => herd.delete(name),
      () => herd.incr(name),
      () => herd.gets(name),
      () => herd.touch(name, minute),
      () => herd.getLeased(name, lease),
    ]) {
      await expect(asked()).rejects.toThrow(HerdRequestError);
      await expect(asked()).rejects.toThrow(why);
    }
  });

  it('reads what another client had memcached make for a key with spaces, and whose bytes its replies have', async () => {
    const name = `${key} a\r\nHD O1`;
    const other = connect(server.port, '127.0.0.1');
    other.write(`ma ${Buffer.from(name).toString('base64')} b N60 J5\r\n`);
    await new Promise((resolve) => other.once('data', resolve));
    other.destroy();
    expect(await herd.get(name)).toBe(5);
    expect(await herd.getMany([name, key])).toEqual(new Map([[name, 5]]));
    expect([await herd.incr(name), (await herd.gets(name))?.value, await herd.delete(name)]).toEqual([6, 6, true]);
  });

  it('gives back any JSON value, and any bytes and flags of a codec', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.constantFrom('\r\nEN\r\n', '😀é', '\0')), async (value) => {
        expect(await herd.set(key, value, minute)).toBe(true);
        const same = JSON.parse(JSON.stringify(value)) as unknown;
        expect(await herd.get(key)).toEqual(same);
        expect([...(await herd.getMany([key])).values()]).toEqual([same]);
      }),
    );
    const raw = {
      encode: (value: unknown) => ({ bytes: value as Buffer, flags: 4_294_967_295 }),
      decode: ({ bytes, flags }: { bytes: Buffer; flags: number }) => ({ bytes, flags }),
    };
    const binary = await start({ codec: raw });
    const bytes = Buffer.from(Array.from({ length: 700 }, (_, i) => i % 256));
    await binary.set(key, bytes, minute);
    expect(await binary.get(key)).toEqual({ bytes, flags: 4_294_967_295 });
    await binary.set(key, Buffer.alloc(0), minute);
    expect(await binary.get(key)).toEqual({ bytes: Buffer.alloc(0), flags: 4_294_967_295 });
    await binary.close();
  });

  it('shares its values with memcached()', async () => {
    const other = await startHerd({
      discovery: staticNodes([`127.0.0.1:${server.port}`]),
      driver: memcached(),
      onNodeDown: 'error',
      timeoutMs: 5000,
    });
    await herd.set(key, { a: 'é' }, minute);
    expect(await other.get(key)).toEqual({ a: 'é' });
    await other.set(key, { b: '\r\n' }, minute);
    expect(await herd.get(key)).toEqual({ b: '\r\n' });
    await other.close();
  });

  it('gathers thousands of keys, long values among them, over one connection and over several', async () => {
    const values = new Map(
      Array.from({ length: 3000 }, (_, i) => [`${key}:${i}`, i % 500 ? i : 'x'.repeat(100_000 + i)] as const),
    );
    await Promise.all([...values].map(([name, value]) => herd.set(name, value, minute)));
    const several = await start({ connections: 4 });
    for (const reader of [herd, several]) {
      expect(await reader.getMany([...values.keys(), `${key}:none`])).toEqual(values);
      const names = [...values.keys()].slice(0, 600);
      expect(await Promise.all(names.map((name) => reader.get(name)))).toEqual(names.map((name) => values.get(name)));
    }
    await several.close();
  });

  it('sends the requests of one turn over as many connections as it may have', async () => {
    const proxy = await startPeer((client) => {
      const upstream = connect(server.port, '127.0.0.1');
      upstream.on('error', () => client.destroy());
      client.on('close', () => upstream.destroy());
      client.pipe(upstream).pipe(client);
    });
    const several = await startHerd({
      discovery: staticNodes([proxy.address]),
      driver: metaMemcached({ connections: 4 }),
      onNodeDown: 'error',
      timeoutMs: 5000,
    });
    for (let round = 0; round < 3; round++)
      await Promise.all(Array.from({ length: 50 }, (_, i) => several.get(`${key}${i}`)));
    expect(proxy.connections).toBe(4);
    await several.close();
    await until('they are closed', () => proxy.open() === 0);
    await proxy.close();
  });

  it('keeps a token for the connection that gave it, whichever of several that was', async () => {
    const several = await start({ connections: 3 });
    const names = Array.from({ length: 30 }, (_, i) => `${key}:${i}`);
    await Promise.all(names.map((name) => several.set(name, 1, minute)));
    const found = await Promise.all(names.map((name) => several.gets(name)));
    const outcomes = await Promise.all(names.map((name, i) => several.cas(name, 2, found[i]!.cas, minute)));
    expect(new Set(outcomes)).toEqual(new Set(['stored']));
    const again = await start();
    expect(await again.cas(names[0]!, 3, (await several.gets(names[0]!))!.cas, minute)).toBe('exists');
    await several.close();
    await again.close();
  });

  describe('a lease', () => {
    it('goes to one of many readers, with the miss itself', async () => {
      const found = await Promise.all(Array.from({ length: 20 }, () => herd.getLeased(key, lease)));
      expect(found.filter((leased) => leased.lease !== undefined)).toHaveLength(1);
      expect(found.filter((leased) => leased.held)).toHaveLength(19);
      expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['missing']));
      const token = found.find((leased) => leased.lease !== undefined)!.lease!;
      expect(await herd.setLeased(key, 'made', token, minute)).toBe(true);
      expect(await herd.getLeased(key, lease)).toEqual({ state: 'fresh', value: 'made' });
      expect(await herd.setLeased(key, 'again', token, minute)).toBe(false);
      expect(await herd.get(key)).toBe('made');
    });

    it.each(['a b', 'é ü', '\r\n', 'a\r\nVA 3 O2\r\n"x"\r\nHD O3', '\0'])(
      'is had for a key with %j, which memcached names by its bytes once it is reserved',
      async (suffix) => {
        const name = `${key}${suffix}`;
        const first = await herd.getLeased(name, lease);
        expect(first).toEqual({ state: 'missing', lease: expect.any(String) as string });
        expect(await herd.getLeased(name, lease)).toEqual({ state: 'missing', held: true });
        expect([await herd.get(name), await herd.gets(name)]).toEqual([undefined, undefined]);
        await herd.set(key, 'other', minute);
        expect(await herd.getMany([name, key])).toEqual(new Map([[key, 'other']]));
        expect(await herd.setLeased(name, 'made', first.lease!, minute)).toBe(true);
        expect(await herd.getLeased(name, lease)).toEqual({ state: 'fresh', value: 'made' });
        expect(await herd.getMany([name, key])).toEqual(
          new Map([
            [name, 'made'],
            [key, 'other'],
          ]),
        );
        expect(await herd.delete(name)).toBe(true);
        expect(await herd.getOrSet(name, '1m', () => Promise.resolve('loaded'))).toBe('loaded');
        expect(await herd.getOrSet(name, '1m', () => Promise.resolve('again'))).toBe('loaded');
      },
    );

    it('is void once the key was deleted, or written by another', async () => {
      const deleted = (await herd.getLeased(key, lease)).lease!;
      expect(await herd.delete(key)).toBe(true);
      expect(await herd.setLeased(key, 'old', deleted, minute)).toBe(false);
      expect(await herd.get(key)).toBe(undefined);
      const written = (await herd.getLeased(key, lease)).lease!;
      expect(await herd.set(key, 'new', minute)).toBe(true);
      expect(await herd.setLeased(key, 'old', written, minute)).toBe(false);
      expect(await herd.get(key)).toBe('new');
    });

    it('is no value for those who read without one', async () => {
      await herd.getLeased(key, lease);
      expect([await herd.get(key), await herd.gets(key)]).toEqual([undefined, undefined]);
      expect(await herd.getMany([key])).toEqual(new Map());
    });

    it('goes on to another when its holder does not use it', async () => {
      const { lease: first } = await herd.getLeased(key, { leaseTtl: '1s' });
      expect(first).toBeDefined();
      await until('another has it', async () => (await herd.getLeased(key, lease)).lease !== undefined);
      expect(await herd.setLeased(key, 'late', first!, minute)).toBe(false);
    });

    it('is given for a value that ends soon, to one reader, while the others have the value', async () => {
      await herd.set(key, 'old', { ttl: '20s' });
      expect(await herd.getLeased(key, { ...lease, refreshBefore: '5s' })).toEqual({ state: 'fresh', value: 'old' });
      const found = await Promise.all(
        Array.from({ length: 5 }, () => herd.getLeased(key, { ...lease, refreshBefore: '30s' })),
      );
      expect(found.filter((leased) => leased.lease)).toHaveLength(1);
      expect(found.every((leased) => leased.state === 'fresh' && leased.value === 'old')).toBe(true);
      const token = found.find((leased) => leased.lease)!.lease!;
      expect(await herd.setLeased(key, 'new', token, minute)).toBe(true);
      expect(await herd.getLeased(key, lease)).toEqual({ state: 'fresh', value: 'new' });
    });

    it('is given for a value that was marked stale, which is served meanwhile', async () => {
      await herd.set(key, 'old', minute);
      expect(await herd.markStale(key, { ttl: '30s' })).toBe(true);
      const found = await Promise.all(Array.from({ length: 5 }, () => herd.getLeased(key, lease)));
      expect(found.filter((leased) => leased.lease)).toHaveLength(1);
      expect(found.every((leased) => leased.state === 'stale' && leased.value === 'old')).toBe(true);
      const token = found.find((leased) => leased.lease)!.lease!;
      expect(await herd.get(key)).toBe(undefined);
      expect(await herd.setLeased(key, 'new', token, minute)).toBe(true);
      expect([await herd.get(key), await herd.getLeased(key, lease)]).toEqual([
        'new',
        { state: 'fresh', value: 'new' },
      ]);
      expect(await herd.markStale(`${key}:none`, minute)).toBe(false);
    });

    it('is void once the value was marked again', async () => {
      await herd.set(key, 'old', minute);
      await herd.markStale(key, minute);
      const first = (await herd.getLeased(key, lease)).lease!;
      await herd.markStale(key, minute);
      expect(await herd.setLeased(key, 'of before', first, minute)).toBe(false);
      const second = (await herd.getLeased(key, lease)).lease!;
      expect(await herd.setLeased(key, 'of after', second, minute)).toBe(true);
    });

    it('needs a life that memcached can keep', async () => {
      await expect(herd.getLeased(key, { leaseTtl: 10 })).rejects.toThrow(HerdRequestError);
      await expect(herd.getLeased(key, undefined as never)).rejects.toThrow(HerdRequestError);
      await expect(herd.getLeased(key, { leaseTll: '5s' } as never)).rejects.toThrow('did you mean leaseTtl?');
      await expect(herd.setLeased(key, 1, '1/1/x', minute)).rejects.toThrow('This is no lease');
      await expect(herd.setLeased(key, 1, 'missing/1/1/x')).rejects.toThrow('needs a ttl');
    });
  });
});

it('gives no lease where the node is away, and says so by neither lease nor holder', async () => {
  const herd = await startHerd({
    discovery: staticNodes(['127.0.0.1:9']),
    driver: metaMemcached({ defaultTtl: '1m' }),
  });
  expect(await herd.getLeased('k', lease)).toEqual({ state: 'missing' });
  expect(await herd.setLeased('k', 1, 'missing/1/1/127.0.0.1:9')).toBe(false);
  expect(await herd.markStale('k')).toBe(false);
  await herd.close();
});

it.each([
  ['connections', 0],
  ['connections', 65],
  ['connections', 1.5],
  ['conections', 5],
  ['defaultTtl', 60],
  ['maxValueBytes', 0],
  ['connection', 'localhost'],
])('metaMemcached() refuses %s: %p', (name, value) => {
  expect(() => metaMemcached({ [name]: value })).toThrow(HerdOptionError);
  expect(() => metaMemcached({ [name]: value })).toThrow(`${name} `);
});
