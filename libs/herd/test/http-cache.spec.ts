import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import {
  Controller,
  Get,
  Header,
  Headers,
  Module,
  NotFoundException,
  Redirect,
  Render,
  Req,
  Res,
  Sse,
  StreamableFile,
  Version,
  VersioningType,
} from '@nestjs/common';
import type { INestApplication, VersioningOptions } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  cacheInterceptor,
  CacheResponse,
  getNamespaceToken,
  herdChannels,
  HerdModule,
  staticNodes,
} from '@rookery/herd';
import type { Namespace, NamespaceOptions, OperationMessage } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { Observable, of } from 'rxjs';
import request from 'supertest';

import { until } from './poll.js';

let loads = 0;
let open: (() => void) | undefined;
const pages = { namespace: 'pages', ttl: '1h' } as const;

/** Of Express and Fastify alike. */
type Answer = { status(code: number): unknown; header(name: string, value: string): unknown };

type Rendering = { set(setting: string, value: unknown): void };

/** A view engine's part of Express, with one template. */
class OneView {
  readonly path = 'page';

  render({ load }: { load: number }, done: (error: unknown, text: string) => void): void {
    done(undefined, `page ${load.toFixed()}`);
  }
}

@Controller()
class Pages {
  @Get('plain')
  @CacheResponse(pages)
  plain() {
    return { load: ++loads };
  }

  @Get('tenant')
  @Header('vary', 'X-Tenant')
  @CacheResponse(pages)
  tenant(@Headers('x-tenant') tenant: string) {
    return { load: ++loads, tenant };
  }

  @Get('late-vary')
  @CacheResponse(pages)
  lateVary(@Headers('x-tenant') tenant: string, @Res({ passthrough: true }) response: Answer) {
    response.header('vary', 'X-Tenant, X-Color');
    return { load: ++loads, tenant };
  }

  @Get('anything')
  @Header('vary', '*')
  @CacheResponse(pages)
  anything() {
    return { load: ++loads };
  }

  @Get('by-token')
  @CacheResponse({ ...pages, vary: ['authorization'] })
  byToken(@Headers('authorization') token: string) {
    return { load: ++loads, token };
  }

  @Get('session')
  @CacheResponse({ ...pages, private: ['x-session'] })
  session() {
    return { load: ++loads };
  }

  @Get('moved')
  @CacheResponse(pages)
  moved(@Res({ passthrough: true }) response: Answer) {
    response.status(301);
    response.header('location', '/elsewhere');
    response.header('x-made', 'by the handler');
    return { load: ++loads };
  }

  @Get('missing')
  @CacheResponse(pages)
  missing(@Res({ passthrough: true }) response: Answer) {
    response.status(404);
    return { load: ++loads };
  }

  @Get('short')
  @Header('cache-control', 'public, max-age=10')
  @CacheResponse(pages)
  short() {
    return { load: ++loads };
  }

  @Get('no-cache')
  @Header('cache-control', 'no-cache')
  @CacheResponse(pages)
  noCache() {
    return { load: ++loads };
  }

  @Get('said')
  @CacheResponse({ ...pages, cacheControl: 'public, max-age=60', vary: ['X-Color'] })
  said() {
    return { load: ++loads };
  }

  @Get('own-etag')
  @Header('etag', '"mine"')
  @CacheResponse(pages)
  ownEtag() {
    return { load: ++loads };
  }

  @Get('text')
  @CacheResponse(pages)
  text() {
    return `load ${++loads}`;
  }

  @Get('dated')
  @CacheResponse(pages)
  dated() {
    return { at: new Date(++loads), none: undefined, nan: NaN };
  }

  @Get('several')
  @CacheResponse(pages)
  several() {
    return of({ load: 0 }, { load: ++loads });
  }

  @Get('redirected')
  @Redirect('/nowhere')
  @CacheResponse(pages)
  redirected() {
    return { url: `/elsewhere/${++loads}` };
  }

  @Get('rendered')
  @Render('page')
  @CacheResponse(pages)
  rendered() {
    return { load: ++loads };
  }

  @Get('thrown')
  @CacheResponse({ ...pages, statuses: [200, 404] })
  thrown() {
    throw new NotFoundException(`load ${++loads}`);
  }

  @Get('own-send')
  @CacheResponse({ ...pages, vary: ['X-Color'], cacheControl: 'public, max-age=60' })
  ownSend(@Res() response: { send(body: string): unknown }) {
    response.send(`load ${++loads}`);
  }

  @Get('stream')
  @CacheResponse(pages)
  stream() {
    return new StreamableFile(Buffer.from(`load ${++loads}`));
  }

  @Sse('events')
  @CacheResponse(pages)
  events(): Observable<{ data: unknown }> {
    return of({ data: { load: ++loads } });
  }

  @Get('slow')
  @CacheResponse(pages)
  async slow() {
    const load = ++loads;
    await new Promise<void>((resolve) => (open = resolve));
    return { load };
  }

  @Get('by-key/:id')
  @CacheResponse({
    ...pages,
    key: (context) => new URL(context.switchToHttp().getRequest<{ url: string }>().url, 'http://x').pathname,
  })
  byKey(@Req() { url }: { url: string }) {
    return { load: ++loads, url };
  }

  @Get('by-number/:id')
  @CacheResponse({
    ...pages,
    key: (context) => Number(context.switchToHttp().getRequest<{ params: { id: string } }>().params.id) as never,
  })
  byNumber(@Req() { url }: { url: string }) {
    return { load: ++loads, url };
  }
}

@Controller('versions')
class First {
  @Version('1')
  @Get()
  @CacheResponse(pages)
  get() {
    return { version: 1, load: ++loads };
  }
}
const firstOf = (Again: new () => unknown) => Object.defineProperty(Again, 'name', { value: 'First' });

@Controller('versions')
class Second {
  @Version(['2', '3'])
  @Get()
  @CacheResponse(pages)
  get(@Req() { url, headers }: { url: string; headers: Record<string, string> }) {
    return { version: url + String(headers['x-version']) + String(headers.accept), load: ++loads };
  }
}
firstOf(Second);

const adapters = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const;
const tiers: readonly (readonly [string, NamespaceOptions])[] = [
  ['the nodes alone', {}],
  ['memory before the nodes', { memory: { ttl: '1h' } }],
];
const everywhere = adapters.flatMap(([platform, adapter]) =>
  tiers.map(([tier, options]) => [platform, tier, adapter, options] as const),
);

describe.each(everywhere)('@CacheResponse on %s, with %s', (platform, _tier, adapter, options) => {
  let now: number;
  let node: MemcachedNode;
  let app: INestApplication;
  const start = async (versioning?: VersioningOptions) => {
    const herd = HerdModule.forRoot({
      discovery: staticNodes([`127.0.0.1:${node.port}`]),
      driver: memcached(),
      timeoutMs: 5000,
      now: () => now,
    });
    @Module({
      imports: [HerdModule.forFeature([{ name: 'pages', ...options }])],
      controllers: versioning ? [Pages, First, Second] : [Pages],
    })
    class PagesModule {}
    const module = await Test.createTestingModule({ imports: [herd, PagesModule] }).compile();
    app = module.createNestApplication(adapter() as FastifyAdapter, { logger: false });
    if (versioning) app.enableVersioning(versioning);
    await app.init();
    if (platform === 'Fastify') await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
  };
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1);
    node = await startMemcachedNode({ now: () => now });
  });
  afterEach(async () => {
    await app?.close();
    await node.close();
  });
  type Body = { load: number } & Record<string, unknown>;
  const get = (path: string, headers: Record<string, string> = {}) =>
    request(app.getHttpServer() as never)
      .get(path)
      .set({ host: 'example.com', ...headers });
  const load = async (path: string, headers?: Record<string, string>) => ((await get(path, headers)).body as Body).load;
  /** The load of `path`, once it is answered from the cache. */
  const keptLoad = async (path: string, headers?: Record<string, string>): Promise<number> => {
    let last = await load(path, headers);
    await until(`${path} is kept`, async () => last === (last = await load(path, headers)), 2000);
    return last;
  };

  it('keeps apart what the response varies by, however late it sets Vary', async () => {
    await start();
    for (const path of ['/tenant', '/late-vary']) {
      const [one, two] = [await keptLoad(path, { 'x-tenant': '1' }), await keptLoad(path, { 'x-tenant': '2' })];
      expect(one).not.toBe(two);
      expect((await get(path, { 'x-tenant': '1' })).body).toEqual({ load: one, tenant: '1' });
      expect((await get(path, { 'x-tenant': '2' })).body).toEqual({ load: two, tenant: '2' });
      expect((await get(path)).body).not.toHaveProperty('tenant');
      expect((await get(path, { 'x-tenant': '1' })).headers.vary).toMatch(/x-tenant/i);
    }
    expect(await load('/anything')).not.toBe(await load('/anything'));
  });

  it('keeps apart hosts, queries, and what a client accepts', async () => {
    await start();
    const seen = [
      await keptLoad('/plain'),
      await keptLoad('/plain', { host: 'a.example.com' }),
      await keptLoad('/plain', { host: 'b.example.com' }),
      await keptLoad('/plain?q=1'),
      await keptLoad('/plain', { accept: 'text/csv' }),
      await keptLoad('/plain', { 'accept-language': 'de' }),
    ];
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each<[string, VersioningOptions, readonly (readonly [string, Record<string, string>])[]]>([
    [
      'a header',
      { type: VersioningType.HEADER, header: 'X-Version' },
      ['1', '2', '3'].map((v) => ['/versions', { 'x-version': v }]),
    ],
    [
      'the media type',
      { type: VersioningType.MEDIA_TYPE, key: 'v=' },
      ['1', '2', '3'].map((v) => ['/versions', { accept: `application/json;v=${v}` }]),
    ],
    ['the URL', { type: VersioningType.URI }, ['1', '2', '3'].map((v) => [`/v${v}/versions`, {}])],
    [
      'an extractor',
      {
        type: VersioningType.CUSTOM,
        extractor: (of: unknown) => String((of as { headers: Record<string, string> }).headers['x-own']),
      },
      ['1', '2', '3'].map((v) => ['/versions', { 'x-own': v }]),
    ],
  ])('keeps apart versions by %s', async (_kind, versioning, requests) => {
    await start(versioning);
    const seen: number[] = [];
    for (const [path, headers] of requests) seen.push(await keptLoad(path, headers));
    expect(new Set(seen).size).toBe(3);
    expect(((await get(...requests[0]!)).body as Body).version).toBe(1);
  });

  it.each<[string, Record<string, string>]>([
    ['/plain', { authorization: 'Bearer 1' }],
    ['/plain', { cookie: 'session=1' }],
    ['/plain', { 'x-api-key': 'k' }],
    ['/by-token', { authorization: 'Bearer 1', 'x-api-key': 'k' }],
    ['/by-key/1', { authorization: 'Bearer 1' }],
    ['/session', { 'x-session': '1' }],
    ['/plain', { 'cache-control': 'no-store' }],
    ['/missing', {}],
    ['/no-cache', {}],
  ])('shares nothing of %s with %j', async (path, headers) => {
    await start();
    const anonymous = path === '/missing' || path === '/no-cache' ? -1 : await keptLoad(path);
    const [one, two] = [await load(path, headers), await load(path, headers)];
    expect(one).not.toBe(two);
    expect([one, two]).not.toContain(anonymous);
  });

  it('keeps what names a caller apart where `vary` has it, and shares it where it names nobody', async () => {
    await start();
    const [one, two] = [
      await keptLoad('/by-token', { authorization: '1' }),
      await keptLoad('/by-token', { authorization: '2' }),
    ];
    expect(one).not.toBe(two);
    const answer = await get('/by-token', { authorization: '1' });
    expect(answer.body).toEqual({ load: one, token: '1' });
    expect(answer.headers.vary).toMatch(/authorization/i);
    expect(await keptLoad('/session', { cookie: 'a=1' })).toBe(await load('/session', { cookie: 'b=2' }));
    expect(await keptLoad('/by-key/7?any=1')).toBe(await load('/by-key/7?other=2'));
  });

  it('keeps status, and the headers that the handler set', async () => {
    await start();
    const first = (await get('/moved')).body as Body;
    await keptLoad('/moved');
    now += 5000;
    const moved = await get('/moved').redirects(0);
    const [status, headers, body] = [moved.status, moved.headers as Record<string, string>, moved.body as Body];
    expect([status, headers.location, headers['x-made'], headers.age]).toEqual([
      301,
      '/elsewhere',
      'by the handler',
      '5',
    ]);
    expect(body.load).toBeGreaterThanOrEqual(first.load);
  });

  it('ends a response as its own headers set, and sends its age', async () => {
    await start();
    const first = await keptLoad('/short');
    now += 7000;
    const { headers }: { headers: Record<string, string> } = await get('/short');
    expect([headers.age, headers['cache-control']]).toEqual(['7', 'public, max-age=10']);
    now += 4000;
    expect(await load('/short')).not.toBe(first);
    const long = await keptLoad('/plain');
    now += 59 * 60_000;
    expect(await load('/plain')).toBe(long);
    now += 2 * 60_000;
    expect(await load('/plain')).not.toBe(long);
  });

  it('answers 304 to a client that has the response, whether it was kept or just made', async () => {
    await start();
    await keptLoad('/said');
    const { headers, status }: { headers: Record<string, string>; status: number } = await get('/said');
    expect([status, headers['cache-control'], headers.etag]).toEqual([
      200,
      'public, max-age=60',
      expect.stringMatching(/^W\/"/),
    ]);
    expect(headers.vary).toMatch(/x-color/i);
    const again = await get('/said', { 'if-none-match': headers.etag! });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', headers.etag]);
    expect(again.headers['cache-control']).toBe('public, max-age=60');
    expect((await get('/said', { 'if-none-match': '"another"' })).status).toBe(200);
    await keptLoad('/own-etag');
    expect((await get('/own-etag')).headers.etag).toBe('"mine"');
    expect((await get('/own-etag', { 'if-none-match': '"mine"' })).status).toBe(304);
    expect((await get('/own-etag?new', { 'if-none-match': '"mine"' })).status).toBe(304);
  });

  it('answers alike the first time and from the cache', async () => {
    await start();
    for (const path of ['/text', '/dated', '/several']) {
      const first = await get(path);
      let second = await get(path);
      await until(`${path} is kept`, async () => (second = await get(path)).headers.age !== undefined);
      const third = await get(path);
      expect([third.text, third.headers['content-type']]).toEqual([second.text, second.headers['content-type']]);
      expect(first.headers['content-type']).toBe(second.headers['content-type']);
      expect(second.text.replace(/\d+/g, '')).toBe(first.text.replace(/\d+/g, ''));
    }
  });

  it('refuses a key that is no text, of which many would be one', async () => {
    await start();
    for (const id of ['a', 'b', '7']) await get(`/by-number/${id}`).expect(500);
  });

  it('lets pass what is no JSON or text', async () => {
    await start();
    const bodies = [await get('/stream').buffer(), await get('/stream').buffer()].map((answer) =>
      String(answer.text ?? answer.body),
    );
    expect(bodies[0]).not.toBe(bodies[1]);
    expect((await get('/events')).text).not.toBe((await get('/events')).text);
  });

  it('leaves a redirection of @Redirect to Nest, whatever the client has', async () => {
    await start();
    const ages: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await get('/redirected', { 'if-none-match': '*' }).redirects(0);
      expect([status, headers.location]).toEqual([302, `/elsewhere/${loads}`]);
      ages.push(headers.age);
    }
    expect(ages).toEqual([undefined, undefined, undefined]);
  });

  if (platform === 'Express')
    it('keeps what @Render is given, and leaves the ETag of the page to the server', async () => {
      await start();
      const server = app.getHttpAdapter().getInstance() as Rendering;
      server.set('view', OneView);
      server.set('view engine', 'one');
      let page = await get('/rendered');
      await until('it is kept', async () => (page = await get('/rendered')).headers.age !== undefined);
      expect(page.text).toBe(`page ${loads}`);
      expect((await get('/rendered', { 'if-none-match': '*' })).status).toBe(304);
      expect((await get('/rendered', { 'if-none-match': String(page.headers.etag) })).status).toBe(304);
      expect((await get('/rendered', { 'if-none-match': '"another"' })).text).toBe(page.text);
    });

  it('changes nothing of what a handler has sent by itself, or has thrown', async () => {
    await start();
    const errors: unknown[] = [];
    const note = (error: unknown): void => void errors.push(error);
    app.useLogger({ error: note, log: () => undefined, warn: () => undefined });
    try {
      for (const path of ['/own-send', '/thrown']) {
        const [one, two] = [await get(path), await get(path)];
        expect([one.status, one.headers.age, one.text === two.text]).toEqual([
          path === '/thrown' ? 404 : 200,
          undefined,
          false,
        ]);
      }
    } finally {
      app.useLogger(false);
    }
    expect(errors).toEqual([]);
  });

  it('reads from no node what is in memory, whatever it varies by, and sees a clear at once', async () => {
    await start();
    const asked: OperationMessage[] = [];
    const listen = (message: unknown): void => void asked.push(message as OperationMessage);
    for (const path of ['/plain', '/tenant', '/several']) {
      const age = async () => ((await get(path)).headers as Record<string, string>)['age'];
      await until(`${path} is kept`, async () => (await age()) !== undefined);
      const questions = async (): Promise<number> => {
        asked.length = 0;
        subscribe(herdChannels.operation, listen);
        expect(await age()).toBe('0');
        unsubscribe(herdChannels.operation, listen);
        return asked.length;
      };
      // What was read before the end of the write that stored it is dropped once more by that end.
      if (options.memory) await until(`${path} is answered from memory`, async () => (await questions()) === 0);
      expect((await questions()) === 0).toBe(options.memory !== undefined);
      await app.get<Namespace>(getNamespaceToken('pages'), { strict: false }).clear();
      expect(await age()).toBeUndefined();
    }
  });

  it('does not keep what a handler made of data from before a clear', async () => {
    await start();
    const slow = get('/slow').then(({ body }) => body as Body);
    await until('the handler is at work', () => open !== undefined);
    await app.get<Namespace>(getNamespaceToken('pages'), { strict: false }).clear();
    open!();
    open = undefined;
    const first = await slow;
    const next = get('/slow').then(({ body }) => body as Body);
    await until('it is made anew', () => open !== undefined);
    open!();
    open = undefined;
    expect((await next).load).toBeGreaterThan(first.load);
  });
});

it('refuses wrong options of @CacheResponse, all at once', () => {
  const wrong = {
    namespace: 'pages',
    ttl: '1m',
    vary: ['a b', '*'],
    private: 'cookie',
    statuses: [204],
    cacheControl: 5,
    prvate: [],
  };
  expect(() => cacheInterceptor(wrong as never)).toThrow(
    /6 herd options are wrong:.*did you mean private\?.*vary\[0\].*vary\[1\].*private must be a list.*statuses\[0\].*cacheControl/s,
  );
});
