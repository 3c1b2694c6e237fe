import { HerdModule, startHerd, staticNodes } from '@rookery/herd';
import type { Driver, Herd, KeyValueCommands, Node, Topology } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { CasToken, MemcachedCommands, MemcachedHerd, MemcachedNodeCommands } from '@rookery/herd/memcached';
import type { MetaMemcachedHerd } from '@rookery/herd/meta-memcached';
import type { RedisHerd } from '@rookery/herd/redis';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'tstyche';

declare const herd: Herd<MemcachedCommands>;
declare const withNodes: MemcachedHerd;
interface Address {
  year: number;
}

describe('a herd whose commands are not named', () => {
  it('has those of every driver', () => {
    expect<Herd>().type.toBe<Herd<KeyValueCommands>>();
    expect<Herd>().type.toBeAssignableFrom<MemcachedHerd>();
    expect<Herd>().type.toBeAssignableFrom<MetaMemcachedHerd>();
    expect<Herd>().type.toBeAssignableFrom<RedisHerd>();
  });
});

describe('the commands of a memcached herd', () => {
  it('give values the type that the caller knows', () => {
    expect(herd.get<Address>('k')).type.toBe<Promise<Address | undefined>>();
    expect(herd.get('k')).type.toBe<Promise<unknown>>();
    expect(herd.getMany<Address>(['k'])).type.toBe<Promise<Map<string, Address>>>();
    expect(herd.gets<Address>('k')).type.toBe<Promise<{ value: Address; cas: CasToken } | undefined>>();
  });

  it('say what came of a write', () => {
    expect(herd.set('k', 1, { ttl: '1m' })).type.toBe<Promise<boolean>>();
    expect(herd.cas('k', 1, '1/1/n', { ttl: '60s' })).type.toBe<Promise<'stored' | 'exists' | 'missing'>>();
    expect(herd.incr('k')).type.toBe<Promise<number | undefined>>();
  });

  it('accept a ttl in seconds, with a unit, or never', () => {
    expect(herd.set).type.toBeCallableWith('k', 1, { ttl: '7d' });
    expect(herd.set).type.toBeCallableWith('k', 1, { ttl: 'never' });
    expect(herd.set).type.not.toBeCallableWith('k', 1, { ttl: '60' });
    expect(herd.set).type.not.toBeCallableWith('k', 1, { ttl: 'forever' });
    expect(herd.set).type.not.toBeCallableWith('k', 1, 60);
    expect(herd.get).type.not.toBeCallableWith(7);
  });

  it('of one node are more than those of the herd', () => {
    expect(withNodes.on(withNodes.nodeFor('k')!, (c) => c.stats())).type.toBe<
      Promise<Readonly<Record<string, string>>>
    >();
    expect(withNodes).type.not.toHaveProperty('stats');
  });

  it('stay the same under another policy', () => {
    expect(herd.withPolicy({ onNodeDown: 'error' })).type.toBe<Herd<MemcachedCommands>>();
    expect(herd.withPolicy).type.toBeCallableWith({ onNodeDown: 'next' });
    expect(herd.withPolicy).type.not.toBeCallableWith({ onNodeDown: 'other' });
  });

  it('fit a storage by their shape alone', () => {
    interface CasStore {
      gets(key: string): Promise<{ value: unknown; cas: string } | undefined>;
      add(key: string, value: unknown, options: { ttl: number }): Promise<boolean>;
      cas(
        key: string,
        value: unknown,
        token: string,
        options: { ttl: number },
      ): Promise<'stored' | 'exists' | 'missing'>;
    }
    expect(herd).type.toBeAssignableTo<CasStore>();
    expect(herd.withPolicy({ onNodeDown: 'error', timeoutMs: 50 })).type.toBeAssignableTo<CasStore>();
  });
});

describe('a herd', () => {
  it('has the commands of its driver', () => {
    const started = startHerd({ discovery: staticNodes(['a:1']), driver: memcached() });
    expect(started).type.toBe<Promise<Herd<MemcachedCommands, MemcachedNodeCommands>>>();
    interface Shout {
      shout(): Promise<void>;
    }
    const own = {} as Driver<WeakKey, Shout>;
    expect(startHerd({ discovery: staticNodes(['a:1']), driver: own })).type.toBe<Promise<Herd<Shout>>>();
  });

  it('shows its topology, read-only', () => {
    expect(herd.topology$).type.toBe<Observable<Topology>>();
    expect(herd.nodeFor('k')).type.toBe<Node | undefined>();
  });
});

it('HerdModule accepts the options of any driver', () => {
  expect(HerdModule.forRoot).type.toBeCallableWith({
    discovery: staticNodes(['a:1']),
    driver: memcached(),
    refresh: '30s',
  });
  expect(HerdModule.forRoot).type.not.toBeCallableWith({ driver: memcached() });
  expect(HerdModule.forRoot).type.not.toBeCallableWith({
    discovery: staticNodes(['a:1']),
    driver: memcached(),
    refresh: 'soon',
  });
});
