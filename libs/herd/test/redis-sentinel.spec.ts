import { HerdOptionError, startHerd } from '@rookery/herd';
import type { HerdOptions } from '@rookery/herd';
import { redisSentinel } from '@rookery/herd/redis';
import type { RedisSentinelOptions } from '@rookery/herd/redis';

import { startLiar } from './lying-sentinel.js';
import { until } from './poll.js';
import { askRedis, startSentinels } from './redis-fleets.js';

const name = 'mymaster';
const keys = Array.from({ length: 50 }, (_, i) => `key-${i}`);

describe('a herd on Redis with sentinels', () => {
  let fleet: Awaited<ReturnType<typeof startSentinels>>;
  beforeEach(async () => {
    fleet = await startSentinels(name);
  }, 60_000);
  afterEach(() => fleet?.stop());

  const start = (herd: Partial<HerdOptions<object, object>> = {}, options: Partial<RedisSentinelOptions> = {}) =>
    startHerd({
      ...redisSentinel({ sentinels: fleet.addresses, names: [name], defaultTtl: '1m', ...options }),
      onNodeDown: 'error',
      timeoutMs: 2000,
      probeMs: 50,
      maxProbeMs: 100,
      ...(herd as object),
    });
  type Herd = Awaited<ReturnType<typeof start>>;
  const isUp = (herd: Herd) => herd.topology.nodes[0]!.health.state === 'up';
  const replica = async (): Promise<number> => {
    const primary = await fleet.primaryPort();
    return fleet.servers.find(({ port }) => port !== primary)!.port;
  };
  const replicated = async (): Promise<void> =>
    until(
      'the replicas have it',
      async () => Number(await askRedis(await fleet.primaryPort(), 'WAIT', '2', '500')) >= 2,
    );

  it('goes on at the new primary when the old one is killed, without a stale value', async () => {
    const herd = await start({ onNodeDown: 'miss' });
    await Promise.all(keys.map((key) => herd.set(key, 'old')));
    expect(herd.topology.nodes.map(({ node }) => node.id)).toEqual([name]);
    await replicated();
    const old = await fleet.primaryPort();
    await fleet.servers.find(({ port }) => port === old)!.kill();
    await until('it is down', async () => {
      await herd.get(keys[0]!);
      return !isUp(herd);
    });
    for (const key of keys) expect(await herd.set(key, 'missed')).toBe(false);
    await until('it is used again', () => isUp(herd), 20_000);
    for (const key of keys) expect(await herd.get(key)).not.toBe('old');
    expect(await fleet.primaryPort()).not.toBe(old);
    await until('it stores', () => herd.set('k', 1));
    await herd.close();
  }, 60_000);

  it('leaves a primary that is demoted, and serves as a cache before and after', async () => {
    const herd = await start();
    const users = herd.namespace('users');
    expect(await users.getOrSet('k', '1m', () => 1)).toBe(1);
    const old = await fleet.primaryPort();
    await askRedis(fleet.sentinels[0]!.port, 'SENTINEL', 'FAILOVER', name);
    await until('another is the primary', async () => ![0, old].includes(await fleet.primaryPort()), 20_000);
    await until('it stores', () => herd.set('k', 2).catch(() => false), 20_000);
    const roles = await askRedis<string>(await fleet.primaryPort(), 'GET', 'k');
    expect(roles).toBe('2');
    expect(await users.getOrSet('k2', '1m', () => 2)).toBe(2);
    await herd.close();
  }, 60_000);

  it('moves on when the sentinels report it, though its server still answers as a primary', async () => {
    const liars = await Promise.all(fleet.sentinels.map(({ port }) => startLiar(port)));
    const herd = await start({}, { sentinels: liars.map(({ address }) => address) });
    await herd.set('k', 1);
    const other = await replica();
    await askRedis(other, 'REPLICAOF', 'NO', 'ONE');
    // As behind a partition: the old primary is not notified that it is one no longer.
    for (const liar of liars.slice(0, 2)) liar.lie = other;
    await herd.refresh();
    await herd.set('k', 2);
    expect(await askRedis(other, 'GET', 'k')).toBe('2');
    expect(isUp(herd)).toBe(true);
    await herd.close();
    for (const liar of liars) await liar.close();
  }, 60_000);

  it('may be two of the same parts: each moves on, also after one has closed', async () => {
    const liars = await Promise.all(fleet.sentinels.map(({ port }) => startLiar(port)));
    const parts = redisSentinel({ sentinels: liars.map(({ address }) => address), names: [name], defaultTtl: '1m' });
    const herds = await Promise.all(['one', 'other', 'third'].map((own) => start({ ...parts, name: own })));
    const [one, other, third] = herds as [Herd, Herd, Herd];
    for (const herd of herds) await herd.set('k', 1);
    await third.close();
    const next = await replica();
    await askRedis(next, 'REPLICAOF', 'NO', 'ONE');
    for (const liar of liars) liar.lie = next;
    await other.refresh();
    for (const [herd, value] of [
      [one, 2],
      [other, 3],
    ] as const) {
      await herd.set('k', value);
      expect(await askRedis(next, 'GET', 'k')).toBe(String(value));
      await herd.close();
    }
    for (const liar of liars) await liar.close();
  }, 60_000);

  it('does not follow one sentinel against two, whatever it answers', async () => {
    const old = await fleet.primaryPort();
    const liar = await startLiar(fleet.sentinels[2]!.port, await replica());
    const herd = await start({}, { sentinels: [liar.address, ...fleet.addresses.slice(0, 2)] });
    await Promise.all(keys.map((key) => herd.set(key, 1)));
    expect(await askRedis(old, 'GET', keys[0]!)).toBe('1');
    await herd.close();
    await liar.close();
  }, 60_000);

  it('does not use a replica that every sentinel names', async () => {
    await replicated();
    const liar = await startLiar(fleet.sentinels[0]!.port, await replica());
    const herd = await start({}, { sentinels: [liar.address] });
    expect(herd.topology.nodes[0]!.health).toMatchObject({
      state: 'down',
      reason: expect.stringContaining('The server is no primary') as string,
    });
    await expect(herd.get('k')).rejects.toThrow('is no primary');
    await herd.close();
    await liar.close();
  }, 60_000);

  it('works with the sentinels that are left, and starts where none answers', async () => {
    await fleet.sentinels[0]!.stop();
    const herd = await start();
    expect(await herd.set('k', 1)).toBe(true);
    await herd.close();
    const alone = await start({}, { sentinels: ['127.0.0.1:9'] });
    expect(alone.topology.discovery).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(/No sentinel has a primary of "mymaster" \(.*ECONNREFUSED/) as string,
    });
    await alone.close();
    const unknown = await start({}, { names: ['other'] });
    expect(unknown.topology.discovery).toMatchObject({ reason: expect.stringMatching(/No such master/) as string });
    await unknown.close();
  }, 60_000);
});

it.each<[object, string]>([
  [{}, 'sentinels '],
  [{ sentinels: ['a:1'] }, 'names '],
  [{ sentinels: ['a:1'], names: ['m', 'm'] }, 'names '],
  [{ sentinels: ['a:1'], names: [''] }, 'names '],
  [{ sentinels: ['a'], names: ['m'] }, 'sentinels[0] '],
  [{ sentinels: ['a:1'], name: 'm' }, 'did you mean names?'],
  [
    { sentinels: ['a:1'], names: ['m'], sentinelConnection: { pasword: 'x' } },
    'did you mean sentinelConnection.password?',
  ],
  [{ sentinels: ['a:1'], names: ['m'], connection: { path: '/a' } }, 'connection.path '],
  [{ sentinels: ['a:1'], names: ['m'], sentinelConnection: { path: '/a' } }, 'sentinelConnection.path '],
  [{ sentinels: ['a:1'], names: ['m'], sentinelConnection: { db: 1 } }, 'sentinelConnection.db '],
])('redisSentinel() refuses %j', (options, why) => {
  expect(() => redisSentinel(options as never)).toThrow(HerdOptionError);
  expect(() => redisSentinel(options as never)).toThrow(why);
});
