import { Controller, Get, Header, HttpCode, Injectable, Module, Param, SetMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import {
  Cached,
  CacheEvict,
  cacheInterceptor,
  CacheResponse,
  getHerdToken,
  HerdModule,
  InjectNamespace,
  staticNodes,
} from '@rookery/herd';
import type { Herd, Namespace } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { HerdHealthIndicator } from '@rookery/herd/terminus';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import request from 'supertest';

import { until } from './poll.js';

let loads = 0;
const namespace = 'users';
const keyOf = (id: number) => `user:${id}`;

@Injectable()
class Users {
  constructor(@InjectNamespace('users') readonly namespace: Namespace) {}

  @Cached({ namespace, ttl: '1m', key: keyOf })
  async find(id: number): Promise<{ id: number; load: number }> {
    return Promise.resolve({ id, load: ++loads });
  }

  @Cached({ namespace, ttl: '1m', condition: (first: number, filter: object) => first >= 0 || 'always' in filter })
  async list(first: number, filter: object): Promise<unknown> {
    return Promise.resolve({ first, filter: Object.keys(filter), load: ++loads });
  }

  @CacheEvict({ namespace, key: (id: number) => [keyOf(id), 'another'] })
  async save(id: number, fails = false): Promise<string> {
    return fails ? Promise.reject(new Error('not saved')) : Promise.resolve(`saved ${id}`);
  }

  tenant = 'none';

  @Cached({
    namespace,
    ttl: '1m',
    key(this: Users, id: number) {
      return `${this.tenant}:${id}`;
    },
    condition(this: Users) {
      return this.tenant !== 'guest';
    },
  })
  async ofTenant(id: number): Promise<string> {
    return Promise.resolve(`${this.tenant} ${id} ${++loads}`);
  }

  @CacheEvict({
    namespace,
    key(this: Users, id: number) {
      return `${this.tenant}:${id}`;
    },
  })
  async saveOfTenant(id: number): Promise<number> {
    return Promise.resolve(id);
  }

  @CacheEvict({ namespace, all: true })
  async import(): Promise<void> {}
}

@Controller()
class Pages {
  @Get('page/:id')
  @Header('x-kind', 'page')
  @CacheResponse({ namespace: 'pages', ttl: '1m' })
  page(@Param('id') id: string): unknown {
    return { id, load: ++loads };
  }

  @Get('private')
  @Header('cache-control', 'private')
  @CacheResponse({ namespace: 'pages', ttl: '1m' })
  private(): unknown {
    return { load: ++loads };
  }

  @Get('created')
  @HttpCode(201)
  @CacheResponse({ namespace: 'pages', ttl: '1m' })
  created(): unknown {
    return { load: ++loads };
  }

  @Cached({ namespace: 'users', ttl: '1m' })
  @SetMetadata('kind', 'kept')
  @Get('cached')
  async cached(): Promise<unknown> {
    return Promise.resolve({ load: ++loads });
  }
}

@Module({
  imports: [HerdModule.forFeature(['users', { name: 'pages', generationMaxAgeMs: 0 }], 'default')],
  providers: [Users],
  controllers: [Pages],
  exports: [Users],
})
class UsersModule {}

describe('the cache in Nest', () => {
  let node: MemcachedNode;
  let app: NestExpressApplication;
  let users: Users;
  let server: Parameters<typeof request>[0];
  beforeAll(async () => {
    node = await startMemcachedNode();
    const herd = HerdModule.forRoot({
      discovery: staticNodes([`127.0.0.1:${node.port}`]),
      driver: memcached(),
      timeoutMs: 2000,
    });
    const module = await Test.createTestingModule({
      imports: [herd, UsersModule, TerminusModule],
      providers: [HerdHealthIndicator],
    }).compile();
    app = module.createNestApplication<NestExpressApplication>({ logger: false });
    await app.init();
    users = app.get(Users, { strict: false });
    server = app.getHttpServer();
  });
  afterAll(async () => {
    await app?.close();
    await node?.close();
  });
  const get = async (path: string, headers: Record<string, string> = {}) =>
    (
      await request(server)
        .get(path)
        .set({ host: 'example.com', ...headers })
    ).body as { load: number };

  it('keeps what a method resolves with, by key, until it is evicted', async () => {
    const [first, second] = [await users.find(1), await users.find(2)];
    expect([await users.find(1), await users.find(2)]).toEqual([first, second]);
    expect(await users.namespace.get('user:1')).toEqual(first);
    await expect(users.save(1, true)).rejects.toThrow('not saved');
    expect(await users.find(1)).toEqual(first);
    expect(await users.save(1)).toBe('saved 1');
    expect((await users.find(1)).load).toBeGreaterThan(second.load);
    expect(await users.find(2)).toEqual(second);
    await users.import();
    expect((await users.find(2)).load).toBeGreaterThan(second.load);
  });

  it('keeps methods and arguments apart without a key', async () => {
    const list = await users.list(0, { party: 'Whig' });
    expect(await users.list(0, { party: 'Whig' })).toEqual(list);
    expect(await users.list(1, { party: 'Whig' })).not.toEqual(list);
    expect(await users.list(0, { party: 'none' })).not.toEqual(list);
    expect(await users.list(-1, {})).not.toEqual(await users.list(-1, {}));
  });

  it('distinguishes arguments that JSON does not, and refuses by name what it cannot', async () => {
    const filters = [
      new Set([1]),
      new Set([2]),
      { at: new Date(1) },
      { at: new Date(1).toISOString() },
      { n: 1n },
      { n: NaN },
      { n: null },
    ];
    const lists = new Set<unknown>();
    for (const filter of filters)
      lists.add(JSON.stringify(await users.list(0, filter), (_, v: unknown) => (typeof v === 'bigint' ? 0 : v)));
    expect(lists.size).toBe(filters.length);
    await expect(users.list(0, { by: users })).rejects.toThrow('argument 2.by of Users.list is an instance of a class');
  });

  it('keeps classes of one name apart, and subclasses', async () => {
    const twin = (constructor: unknown) =>
      Object.create(Object.assign(Object.create(users) as object, { constructor })) as Users;
    await users.list(9, {});
    expect(await twin(class Users {}).list(9, {})).not.toEqual(await users.list(9, {}));
    await expect(twin(class Users {}).list(9, {})).rejects.toThrow(/^key must be given: two classes of that name/);
    expect(await twin(class Members {}).list(9, {})).not.toEqual(await users.list(9, {}));
  });

  it('gives key and condition the instance, so that what depends on its request is kept apart', async () => {
    const of = (tenant: string) => Object.assign(Object.create(users) as Users, { tenant });
    const [a, b, guest] = [of('a'), of('b'), of('guest')];
    const [ofA, ofB, ofGuest] = [await a.ofTenant(7), await b.ofTenant(7), await guest.ofTenant(7)];
    expect([ofA, ofB, ofGuest]).toEqual([
      expect.stringMatching(/^a 7/),
      expect.stringMatching(/^b 7/),
      expect.stringMatching(/^guest 7/),
    ]);
    expect([await of('a').ofTenant(7), await of('b').ofTenant(7)]).toEqual([ofA, ofB]);
    expect(await guest.ofTenant(7)).not.toBe(ofGuest);
    await a.saveOfTenant(7);
    expect(await b.ofTenant(7)).toBe(ofB);
    expect(await a.ofTenant(7)).not.toBe(ofA);
  });

  it('leaves a method its name, its metadata and its route', async () => {
    const method = Object.getOwnPropertyDescriptor(Pages.prototype, 'cached')!.value as () => unknown;
    expect([method.name, Reflect.getMetadata('kind', method)]).toEqual(['cached', 'kept']);
    expect(await get('/cached')).toEqual(await get('/cached'));
  });

  it('refuses wrong options of its decorators when the class is defined', () => {
    const wrong: [() => unknown, string][] = [
      [() => Cached({ namespace, ttl: 0 }), 'ttl must be a ttl; '],
      [
        () => Cached({ namespace, ttl: '1m' })({}, Symbol('find'), { value: () => Promise.resolve(1) }),
        'key must be given for a method named by a symbol',
      ],
      [() => Cached({ namespace, ttl: '1m', waitms: 5 } as never), 'waitms is not an option; did you mean waitMs?'],
      [() => CacheEvict({ namespace } as never), 'options must have either key or all'],
      [() => CacheEvict({ namespace, all: true, kye: 1 } as never), 'did you mean key?'],
      [() => CacheResponse({ namespace: 'a b', ttl: '1m' }), 'namespace must be 1 to 100 letters'],
      [() => CacheResponse({ namespace, ttl: '1m', key: 'url' as never }), 'key must be a function'],
    ];
    for (const [decorate, message] of wrong) expect(decorate).toThrow(message);
  });

  it('refuses at boot a ttl of @CacheResponse that memcached cannot keep', () => {
    const Interceptor = cacheInterceptor({ namespace, ttl: 60 });
    expect(() => new Interceptor(users.namespace)).toThrow(`pass '60s' for 60 seconds`);
  });

  it('says so when Nest did not make the instance', async () => {
    const made = Object.create(Users.prototype) as Users;
    await expect(made.find(1)).rejects.toThrow('let Nest make the instance of this class');
  });

  it('answers GET requests from the cache, headers and all, by URL', async () => {
    const first = await get('/page/1');
    await until('it is kept', async () => (await get('/page/1')).load === (await get('/page/1')).load);
    expect((await request(server).get('/page/1').set('host', 'example.com')).headers['x-kind']).toBe('page');
    expect((await get('/page/1?q=2')).load).toBeGreaterThan(first.load);
  });

  it.each<[string, Record<string, string>]>([
    ['/private', {}],
    ['/created', {}],
    ['/page/1', { cookie: 'session=1' }],
    ['/page/1', { authorization: 'Bearer 1' }],
  ])('does not keep what may be meant for one user, or is no plain answer: %s %j', async (path, headers) => {
    const first = await get(path, headers);
    expect((await get(path, headers)).load).toBeGreaterThan(first.load);
  });

  it('reports the health of the herd to Terminus', async () => {
    const herd = app.get<Herd<object>>(getHerdToken());
    const indicator = app.get(HerdHealthIndicator);
    const wrong = { minUpFracton: 0.5 } as never;
    expect(() => indicator.check('cache', herd, wrong)).toThrow('did you mean minUpFraction?');
    expect(indicator.check('cache', herd)).toEqual({ cache: { status: 'up', nodes: 1, down: [] } });
    await node.close();
    await herd.refresh();
    expect(indicator.check('cache', herd)).toMatchObject({
      cache: { status: 'down', down: [expect.stringContaining('127.0.0.1') as string] },
    });
    expect(indicator.check('cache', herd, { minUpFraction: 0 }).cache!.status).toBe('up');
    // Without a cache, all goes on.
    expect((await get('/page/1')).load).toBeGreaterThan(0);
    expect((await users.find(1)).id).toBe(1);
  });
});
