import { startHerd, staticNodes } from '@rookery/herd';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import type { MetaMemcachedHerd } from '@rookery/herd/meta-memcached';
import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { startDelayingProxy } from './delaying-proxy.js';
import { until } from './poll.js';

const broken = () => Promise.reject(new Error('the database is down'));

describe('a cache on servers that hand out leases', () => {
  let server: RunningServer;
  let herds: MetaMemcachedHerd[];
  beforeEach(async () => {
    server = await startMemcached();
    herds = [];
  });
  afterEach(async () => {
    await Promise.all(herds.map((herd) => herd.close()));
    await server.stop();
  });
  const start = async (options: object = {}): Promise<MetaMemcachedHerd> => {
    const herd = await startHerd({
      discovery: staticNodes([server.address]),
      driver: metaMemcached(),
      timeoutMs: 2000,
      ...options,
    });
    herds.push(herd);
    return herd;
  };
  /** Requests that read, or store, since the server started. */
  const requests = async (herd: MetaMemcachedHerd): Promise<readonly number[]> => {
    const stats = await herd.on(herd.topology.nodes[0]!.node, (node) => node.stats());
    return ['cmd_get', 'cmd_set', 'delete_hits', 'delete_misses'].map((name) => Number(stats[name]));
  };

  it('needs one request to miss, and one to store', async () => {
    const herd = await start();
    const before = await requests(herd);
    expect(await herd.getOrSet('k', '1m', () => 'made')).toBe('made');
    const after = await requests(herd);
    expect(after.map((count, i) => count - before[i]!)).toEqual([1, 1, 0, 0]);
    expect(await herd.getOrSet('k', '1m', broken, { beta: 0 })).toBe('made');
    expect((await requests(herd))[0]).toBe(after[0]! + 1);
  });

  it('lets one of many processes load, and the others wait for it', async () => {
    const fleet = await Promise.all(Array.from({ length: 5 }, () => start()));
    let loads = 0;
    let release!: (value: string) => void;
    const value = new Promise<string>((resolve) => (release = resolve));
    const asked = fleet.map((herd) => herd.getOrSet('k', '1m', () => (loads++, value), { waitMs: 60_000 }));
    await until('one loads, and all have been answered', async () => (await requests(fleet[0]!))[0]! >= 10);
    release('once');
    expect(await Promise.all(asked)).toEqual(fleet.map(() => 'once'));
    expect(loads).toBe(1);
  });

  it('gives the lease back when nothing came of it', async () => {
    const [one, two] = [await start(), await start()];
    await expect(one.getOrSet('k', '1m', broken)).rejects.toThrow('the database is down');
    expect(await two.getOrSet('k', '1m', () => 'loaded', { waitMs: 60_000 })).toBe('loaded');
    expect(await one.getOrSet('none', '1m', () => undefined)).toBeUndefined();
    expect(await two.getOrSet('none', '1m', () => 'there', { waitMs: 60_000 })).toBe('there');
  });

  it('does not take back what another has set meanwhile', async () => {
    const [one, two] = [(await start()).namespace('n'), (await start()).namespace('n')];
    let fail!: (error: Error) => void;
    const loading = one.getOrSet('k', '1m', () => new Promise<string>((_, reject) => (fail = reject)));
    await until('it loads', () => fail !== undefined);
    expect(await two.set('k', 'set', { ttl: '1m' })).toBe(true);
    fail(new Error('too late'));
    await expect(loading).rejects.toThrow('too late');
    expect(await two.get('k')).toBe('set');
  });

  it('is as good as without leases where the key is held by a value of another kind', async () => {
    const herd = await start();
    await herd.set('k', 'not of a cache', { ttl: '1m' });
    expect(await herd.getOrSet('k', '1m', () => 'made')).toBe('made');
    expect(await herd.getOrSet('k', '1m', broken, { beta: 0 })).toBe('made');
  });

  it('serves what is past its end while one process makes it anew', async () => {
    let now = Date.now();
    const fleet = await Promise.all([1, 2, 3].map(() => start({ now: () => now })));
    const caches = fleet.map((herd) => herd.namespace('n', { staleWhileRevalidate: '1h' }));
    await caches[0]!.getOrSet('k', '1m', () => 'old');
    now += 90_000;
    let loads = 0;
    let release!: (value: string) => void;
    const value = new Promise<string>((resolve) => (release = resolve));
    const load = () => (loads++, value);
    expect(await Promise.all(caches.map((cache) => cache.getOrSet('k', '1m', load)))).toEqual(['old', 'old', 'old']);
    release('new');
    await until('it is new', async () => (await caches[1]!.get('k')) === 'new');
    expect(loads).toBe(1);
  });

  it('loads no more where another has made the value since it was read', async () => {
    let now = Date.now();
    const proxy = await startDelayingProxy(Number(server.address.split(':')[1]));
    try {
      const [quick, slow] = [
        await start({ now: () => now }),
        await start({ now: () => now, discovery: staticNodes([proxy.address]) }),
      ];
      const [first, second] = [quick, slow].map((herd) => herd.namespace('n', { staleWhileRevalidate: '1h' }));
      await first!.getOrSet('k', '1m', () => 'old');
      now += 90_000;
      const [, , ended] = await requests(quick);
      let again = 0;
      expect(await second!.getOrSet('k', '1m', () => `${++again} again`)).toBe('old');
      proxy.state.delayMs = 300;
      expect(await first!.getOrSet('k', '1m', () => 'new')).toBe('old');
      await until('both leases have ended', async () => (await requests(quick))[2] === ended! + 2);
      expect([await first!.get('k'), again]).toEqual(['new', 0]);
    } finally {
      await proxy.close();
    }
  });

  it('uses none under the policy next, as a node that stands in has none of the owner', async () => {
    const herd = await start({ onNodeDown: 'next' });
    const before = await requests(herd);
    await herd.getOrSet('k', '1m', () => 'made');
    expect((await requests(herd)).map((count, i) => count - before[i]!)).toEqual([2, 2, 0, 0]);
  });
});
