import { randomUUID } from 'node:crypto';

import { HerdOptionError, HerdRequestError, HerdUnreadableError, startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedHerd, MemcachedOptions } from '@rookery/herd/memcached';
import { describeWith, startMemcached } from '@rookery/services';
import fc from 'fast-check';
import NpmMemcached from 'memcached';

import { exchange } from './exchange.js';
import { until } from './poll.js';

const minute = { ttl: '1m' } as const;

describeWith('memcached', 'the memcached driver', (addresses) => {
  const list = addresses.split(',');
  const ports = list.map((address) => Number(address.split(':').at(-1)));
  let herd: MemcachedHerd;
  let prefix: string;
  const start = (options?: MemcachedOptions) =>
    startHerd({ discovery: staticNodes(list), driver: memcached(options), timeoutMs: 5000, onNodeDown: 'error' });
  beforeAll(async () => {
    herd = await start();
  });
  afterAll(() => herd?.close());
  beforeEach(() => {
    prefix = `${randomUUID()}:`;
  });
  const portOf = (key: string) => Number(herd.nodeFor(key)!.port);

  it('gives back any JSON value, with whatever line ends and bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.constantFrom('\r\n', '\\\r\n', 'END\r\n', 'a\r\nEND\r\nVALUE b 0 1\r\nx', '\0', 'é\u2028😀'),
        ),
        async (value) => {
          expect(await herd.set(`${prefix}k`, value, minute)).toBe(true);
          expect(await herd.get(`${prefix}k`)).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  it('sends a raw codec’s bytes as they are, every one of them', async () => {
    const raw = {
      encode: (value: unknown) => ({ bytes: value as Buffer, flags: 77 }),
      decode: ({ bytes, flags }: { bytes: Buffer; flags: number }) => ({ bytes, flags }),
    };
    const binary = await start({ codec: raw });
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256));
    await binary.set(`${prefix}raw`, bytes, minute);
    expect(await binary.get(`${prefix}raw`)).toEqual({ bytes, flags: 77 });
    expect(await exchange(portOf(`${prefix}raw`), `get ${prefix}raw\r\n`)).toContain(
      `VALUE ${prefix}raw 77 512\r\n${bytes.toString('latin1')}\r\n`,
    );
    await binary.close();
  });

  it('accepts keys of many bytes, and finds each by getMany', async () => {
    const keys = ['é', '😀', 'k'.repeat(250 - prefix.length), 'é'.repeat(100)].map((key) => prefix + key);
    for (const key of keys) expect(await herd.set(key, key, minute)).toBe(true);
    expect(await herd.getMany([...keys, `${prefix}none`])).toEqual(new Map(keys.map((key) => [key, key])));
  });

  it('gathers a thousand keys from all nodes, and reports which are not there', async () => {
    const keys = Array.from({ length: 1000 }, (_, i) => `${prefix}${i}`);
    await Promise.all(keys.map((key, i) => herd.set(key, i, minute)));
    await herd.delete(keys[500]!);
    const found = await herd.getMany<number>([...keys, keys[0]!]);
    expect(found.size).toBe(999);
    expect(found.has(keys[500]!)).toBe(false);
    expect(found.get(keys[999]!)).toBe(999);
    expect(await herd.getMany([])).toEqual(new Map());
    expect(new Set(keys.map((key) => herd.nodeFor(key)!.id)).size).toBe(list.length);
  });

  it('adds, replaces, deletes and touches', async () => {
    const key = `${prefix}k`;
    expect(await herd.replace(key, 1, minute)).toBe(false);
    expect(await herd.add(key, 1, minute)).toBe(true);
    expect(await herd.add(key, 2, minute)).toBe(false);
    expect(await herd.replace(key, 3, minute)).toBe(true);
    expect(await herd.touch(key, minute)).toBe(true);
    expect(await herd.get(key)).toBe(3);
    expect(await herd.delete(key)).toBe(true);
    expect(await herd.delete(key)).toBe(false);
    expect(await herd.touch(key, minute)).toBe(false);
    expect(await herd.get(key)).toBeUndefined();
  });

  it('stores null, which is not the same as nothing', async () => {
    await herd.set(`${prefix}k`, null, minute);
    expect(await herd.get(`${prefix}k`)).toBeNull();
  });

  it('counts', async () => {
    const key = `${prefix}n`;
    expect(await herd.incr(key)).toBeUndefined();
    await herd.add(key, 10, minute);
    expect(await herd.incr(key)).toBe(11);
    expect(await herd.incr(key, 5)).toBe(16);
    expect(await herd.decr(key, 9)).toBe(7);
    expect(await herd.get(key)).toBe(7);
    expect(await herd.decr(key, 100)).toBe(0);
    await exchange(portOf(key), `set ${key} 0 0 16\r\n9007199254740991\r\n`);
    await expect(herd.incr(key)).rejects.toThrow('has passed 2^53 - 1');
    await herd.set(key, 'text', minute);
    await expect(herd.incr(key)).rejects.toThrow('begin a counter with add');
    await expect(herd.incr(key, -1)).rejects.toThrow('a whole number of 0 or more (got -1)');
  });

  it('stores by a token once', async () => {
    const key = `${prefix}k`;
    expect(await herd.gets(key)).toBeUndefined();
    await herd.set(key, 'a', minute);
    const read = (await herd.gets<string>(key))!;
    expect(read.value).toBe('a');
    expect(await herd.cas(key, 'b', read.cas, minute)).toBe('stored');
    expect(await herd.cas(key, 'c', read.cas, minute)).toBe('exists');
    expect(await herd.get(key)).toBe('b');
    await herd.delete(key);
    expect(await herd.cas(key, 'd', read.cas, minute)).toBe('missing');
    await expect(herd.cas(key, 'd', '5', minute)).rejects.toThrow('no cas token');
  });

  it('loses no count when many add at once by tokens', async () => {
    const key = `${prefix}k`;
    await herd.set(key, 0, minute);
    const addOne = async (): Promise<void> => {
      for (;;) {
        const { value, cas } = (await herd.gets<number>(key))!;
        if ((await herd.cas(key, value + 1, cas, minute)) === 'stored') return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await herd.get(key)).toBe(20);
  });

  it('keeps a value as long as its ttl', async () => {
    await herd.set(`${prefix}short`, 1, { ttl: '1s' });
    await herd.set(`${prefix}ever`, 1, { ttl: 'never' });
    await herd.set(`${prefix}60 days`.replace(' ', '-'), 1, { ttl: '60d' });
    await until('the second is over', async () => (await herd.get(`${prefix}short`)) === undefined);
    expect(await herd.get(`${prefix}ever`)).toBe(1);
    expect(await herd.get(`${prefix}60-days`)).toBe(1);
  });

  it('needs a ttl, of the call or of the driver', async () => {
    await expect(herd.set('k', 1)).rejects.toThrow(
      `set("k") needs a ttl: pass { ttl: '60s' }, or give memcached() a defaultTtl`,
    );
    await expect(herd.touch('k')).rejects.toThrow('needs a ttl');
    const lasting = await start({ defaultTtl: '1m' });
    expect(await lasting.set(`${prefix}k`, 1)).toBe(true);
    await lasting.close();
  });

  it('accepts the largest value, refuses a larger one by name, and goes on', async () => {
    const room = 'x'.repeat(999_998);
    expect(await herd.set(`${prefix}big`, room, minute)).toBe(true);
    expect(await herd.get(`${prefix}big`)).toBe(room);
    await expect(herd.set(`${prefix}big`, `${room}x`, minute)).rejects.toThrow(
      'has 1000001 bytes, above maxValueBytes 1000000',
    );
  });

  it('reports what the server finds too large, without harm to the next command or the node', async () => {
    const daring = await start({ maxValueBytes: 4_000_000 });
    await expect(daring.set(`${prefix}big`, 'x'.repeat(2_000_000), minute)).rejects.toThrow(
      /object too large.*larger -I/s,
    );
    expect(await daring.set(`${prefix}big`, 'x', minute)).toBe(true);
    expect(daring.topology.nodes.every(({ health }) => health.state === 'up')).toBe(true);
    await daring.close();
  });

  it('stores 1 MiB where the server is started for it, and reports it where it is not', async () => {
    const mebibyte = 'x'.repeat(2 ** 20);
    const large = await startMemcached({ args: ['-I', '2m'] });
    const roomy = await startHerd({
      discovery: staticNodes([large.address]),
      driver: memcached({ maxValueBytes: 2_000_000 }),
      timeoutMs: 5000,
      onNodeDown: 'error',
    });
    expect(await roomy.set('big', mebibyte, minute)).toBe(true);
    expect(await roomy.get('big')).toBe(mebibyte);
    await roomy.close();
    await large.stop();
    const daring = await start({ maxValueBytes: 2_000_000 });
    await expect(daring.set(`${prefix}big`, mebibyte, minute)).rejects.toThrow(/object too large.*larger -I/s);
    expect(await daring.get(`${prefix}big`)).toBeUndefined();
    await daring.close();
  });

  it.each([
    ['', 'empty'],
    ['a b', 'spaces'],
    ['a\r\nflush_all', 'control'],
    ['k'.repeat(251), 'at most 250 bytes, this one 251'],
    ['é'.repeat(126), 'at most 250 bytes, this one 252'],
  ])('refuses the key %j in every command', async (key, why) => {
    const commands = [
      herd.get(key),
      herd.getMany(['ok', key]),
      herd.set(key, 1, minute),
      herd.delete(key),
      herd.incr(key),
      herd.touch(key, minute),
      herd.gets(key),
    ];
    for (const result of await Promise.allSettled(commands))
      expect(String((result as PromiseRejectedResult).reason)).toMatch(why);
  });

  it('refuses a value that the codec cannot write', async () => {
    await expect(herd.set('k', undefined, minute)).rejects.toThrow(HerdRequestError);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    await expect(herd.set('k', circle, minute)).rejects.toThrow('cannot be encoded');
  });

  it.each([
    ['text that is no JSON', 0, 'plain text', /cannot be read/],
    ['broken JSON under the JSON flag', 2, '{"half":', /cannot be read/],
    ['another format', 4, '1', /flags 4 do not stand for JSON/],
    ['line ends and a look-alike reply', 0, 'a\r\nEND\r\nb', /cannot be read/],
    ['nothing at all', 0, '', /cannot be read/],
  ])('names what another client wrote: %s; the next command is unharmed', async (_case, flags, text, why) => {
    const key = `${prefix}foreign`;
    await exchange(portOf(key), `set ${key} ${flags} 60 ${text.length}\r\n${text}\r\n`);
    await expect(herd.get(key)).rejects.toThrow(why);
    await expect(herd.getMany([key])).rejects.toThrow(HerdUnreadableError);
    expect(await herd.set(key, 'ours', minute)).toBe(true);
    expect(await herd.get(key)).toBe('ours');
  });

  it('shares objects and numbers with npm memcached', async () => {
    const key = `${prefix}shared`;
    const npm = new NpmMemcached(`127.0.0.1:${portOf(key)}`);
    await new Promise<void>((resolve, reject) =>
      npm.set(key, { n: 1 }, 60, (error: unknown) =>
        error ? reject(new Error('npm memcached', { cause: error })) : resolve(),
      ),
    );
    expect(await herd.get(key)).toEqual({ n: 1 });
    await herd.set(key, { n: 2 }, minute);
    expect(await new Promise((resolve) => npm.get(key, (_error, value) => resolve(value)))).toEqual({ n: 2 });
    npm.end();
  });

  it('speaks to one node: stats, version', async () => {
    const nodes = herd.topology.nodes.map(({ node }) => node);
    const pids = await Promise.all(nodes.map((node) => herd.on(node, async (c) => (await c.stats()).pid)));
    expect(new Set(pids).size).toBe(ports.length);
    expect(await herd.on(nodes[0]!, (c) => c.version())).toMatch(/^1\./);
    await expect(herd.on({ id: 'nowhere' }, (c) => c.version())).rejects.toThrow(`has no such node (got 'nowhere')`);
  });

  it('reaches each node by the connection that is set for it', async () => {
    // As through a tunnel: the nodes have names that resolve to nothing here.
    const known = list.map((address, i) => ({ id: address, host: `cache-${i}.invalid`, port: 11211 }));
    const connection = ({ id }: { id: string }) => ({
      host: id.split(':')[0]!,
      port: Number(id.split(':')[1]),
      keepAliveMs: 1000,
      connectTimeoutMs: undefined as never,
    });
    const tunnelled = await startHerd({
      discovery: staticNodes(known),
      driver: memcached({ connection, defaultTtl: '1m' }),
      timeoutMs: 5000,
      onNodeDown: 'error',
    });
    const keys = Array.from({ length: 30 }, (_, i) => `${prefix}${i}`);
    for (const key of keys) expect(await tunnelled.set(key, key)).toBe(true);
    expect(await herd.getMany(keys)).toEqual(new Map(keys.map((key) => [key, key])));
    await tunnelled.close();
  });

  it('pipelines over one connection per node', async () => {
    const counts = () =>
      Promise.all(
        herd.topology.nodes.map(({ node }) => herd.on(node, async (c) => (await c.stats()).total_connections)),
      );
    await herd.getMany(Array.from({ length: 200 }, (_, i) => `${prefix}${i}`));
    const before = (await counts()).map(Number);
    await Promise.all(Array.from({ length: 500 }, (_, i) => herd.get(`${prefix}${i}`)));
    // Other specs use these servers too: what must not happen is a connection per command.
    const opened = (await counts()).map((count, i) => Number(count) - before[i]!);
    expect(Math.max(...opened)).toBeLessThan(100);
  });
});

it.each([
  ['defaultTtl', 0],
  ['defaultTtl', 60],
  ['defaultTtl', '9999d'],
  ['maxValueBytes', 0],
  ['connectTimeoutMs', 1.5],
  ['codec', {}],
  ['now', 1],
  ['poolSize', 5],
  ['connection', 'localhost'],
])('memcached() refuses %s: %p', (name, value) => {
  expect(() => memcached({ [name]: value })).toThrow(HerdOptionError);
  expect(() => memcached({ [name]: value })).toThrow(`${name} `);
});

it('memcached() reports all that is wrong at once, unknown names with the nearest one', () => {
  const wrong = { maxValueByte: 5, connectTimeoutMs: 0, connection: { prot: 11211 } };
  expect(() => memcached(wrong as never)).toThrow(
    [
      '3 herd options are wrong:',
      '  - maxValueByte is not an option; did you mean maxValueBytes? (got 5)',
      '  - connectTimeoutMs must be a whole number from 1 to 134217728; leave it out for the default (got 0)',
      '  - connection.prot is not an option; did you mean connection.port? (got 11211)',
    ].join('\n'),
  );
});

it.each([
  [{ port: 0 }, 'port'],
  [{ host: '' }, 'host'],
  [{ keepAliveMs: 1.5 }, 'keepAliveMs'],
  [{ tls: 'yes' }, 'tls'],
  [{ path: '' }, 'path'],
  [{ path: '/run/m', host: 'a' }, 'path'],
  [{ username: 'u' }, 'username'],
  [{ username: 'a b', password: 'p' }, 'username'],
  [{ username: 'u', password: 5 }, 'password'],
])('memcached() refuses the connection %j', (connection, name) => {
  expect(() => memcached({ connection: connection as never })).toThrow(`connection.${name} `);
});
