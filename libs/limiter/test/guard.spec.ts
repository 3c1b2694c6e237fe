import {
  Body,
  Controller,
  Get,
  HttpException,
  Injectable,
  Post,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Limiter,
  LimiterModule,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  SkipRateLimit,
  type Decision,
  type LimiterModuleOptions,
  type RateLimitContext,
} from '@rookery/limiter';
import { startHttpApp, type Platform } from './http-app.js';

@Controller('plain')
@UseGuards(RateLimitGuard)
@RateLimit('api')
class PlainController {
  @Get() read() {
    return { ok: true };
  }
  @Get('other') other() {
    return { ok: true };
  }
  @SkipRateLimit() @Get('skipped') skipped() {
    return { ok: true };
  }
  @SkipRateLimit('teapot') @Get('skipped-other') skippedOther() {
    return { ok: true };
  }
  @RateLimit('api', { cost: 2 }) @Get('dear') dear() {
    return { ok: true };
  }
  @SkipRateLimit() @RateLimit('tiny') @Get('only-tiny') onlyTiny() {
    return { ok: true };
  }
  @RateLimit('tiny') @Get('both') both() {
    return { ok: true };
  }
  @UseGuards(RateLimitGuard, RateLimitGuard) @Get('guarded-often') often() {
    return { ok: true };
  }
}

@RateLimit('api')
abstract class BaseController {
  @Get() read() {
    return { ok: true };
  }
  @RateLimit('tiny') @Get('tiny') tiny() {
    return { ok: true };
  }
}

@Controller('derived')
@UseGuards(RateLimitGuard)
@RateLimit('api', { cost: 3 })
class DerivedController extends BaseController {}

@Injectable()
class FakeLogin implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: { id: string } }>();
    if (request.headers['x-user'] !== undefined) request.user = { id: request.headers['x-user'] };
    return true;
  }
}

const decorated: string[] = [];

/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access -- requests of the hooks are untyped, as for any application */
@Controller('hooks')
@UseGuards(FakeLogin, RateLimitGuard)
class HooksController {
  @RateLimit({ name: 'per-user', limit: 2, per: '1h', bucket: (c) => c.user?.id })
  @Get('user')
  user() {
    return { ok: true };
  }

  @RateLimit({ name: 'export', limit: 10, per: '1h', cost: (c) => c.request.body.rows })
  @Post('export')
  export(@Body() body: object) {
    return body;
  }

  @RateLimit({ name: 'skippable', limit: 1, per: '1h', skip: (c) => c.request.headers['x-skip'] === 'yes' })
  @Get('skippable')
  skippable() {
    return { ok: true };
  }

  @RateLimit({
    name: 'decorated',
    limit: 1,
    per: '1h',
    decorate: (c: RateLimitContext, d: Decision) =>
      void decorated.push(`${c.controller}.${c.handler} ${c.policy} ${c.address} ${d.allowed}`),
  })
  @Get('decorated')
  decorated() {
    return { ok: true };
  }

  @RateLimit({
    name: 'teapot',
    limit: 1,
    per: '1h',
    onLimited: (_, { retryAfterMs }) => new HttpException({ wait: retryAfterMs }, 418),
  })
  @Get('teapot')
  teapot() {
    return { ok: true };
  }

  @RateLimit({ name: 'notified', limit: 1, per: '1h', onLimited: (c) => void decorated.push(`limited ${c.policy}`) })
  @Get('notified')
  notified() {
    return { ok: true };
  }
}
/* eslint-enable */

@Controller('open')
class UndecoratedController {
  @Get() read() {
    return { ok: true };
  }
  @SkipRateLimit() @Get('skipped') skipped() {
    return { ok: true };
  }
}

const options = (more: Partial<LimiterModuleOptions> = {}): LimiterModuleOptions => ({
  // A clock that stands still: nothing drains while a test runs.
  storage: memoryStorage({ clock: () => 0 }),
  policies: { api: { limit: 3, per: '1m' }, tiny: { limit: 1, per: '1m' } },
  ...more,
});

describe.each<Platform>(['express', 'fastify'])('guard over %s', (platform) => {
  const controllers = [PlainController, DerivedController, HooksController, UndecoratedController];
  const start = (more: Partial<LimiterModuleOptions> = {}, providers: object[] = []) =>
    startHttpApp(platform, {
      imports: [LimiterModule.forRoot(options(more))],
      controllers,
      providers: providers as never,
    });
  const globalGuard = { provide: APP_GUARD, useExisting: RateLimitGuard };
  let app: Awaited<ReturnType<typeof start>>;
  afterEach(() => app.close());

  it('admits the limit, and answers 429 with a problem document and headers', async () => {
    app = await start({ headers: ['ietf', 'x-ratelimit', 'x-ratelimit-window'] });
    const first = await app.call('/plain');
    expect(first).toMatchObject({
      status: 200,
      body: { ok: true },
      headers: {
        'ratelimit-policy': '"api";q=3;w=60',
        ratelimit: '"api";r=2;t=20',
        'x-ratelimit-limit': '3',
        'x-ratelimit-remaining': '2',
        'x-ratelimit-reset': '20',
        'x-ratelimit-window': '60000',
      },
    });
    expect(first.headers['retry-after']).toBeUndefined();
    expect(await app.statuses('/plain', 2)).toEqual([200, 200]);
    const refused = await app.call('/plain');
    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(refused.headers).toMatchObject({
      'retry-after': '20',
      ratelimit: '"api";r=0;t=20',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '60',
    });
    expect(refused.body).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Request cannot be satisfied as assigned quota has been exceeded',
      status: 429,
      detail: "Rate limit 'api' is used up: retry in 20 s.",
      'violated-policies': ['api'],
    });
  });

  it('counts handlers apart', async () => {
    app = await start();
    expect(await app.statuses('/plain', 4)).toEqual([200, 200, 200, 429]);
    expect(await app.statuses('/plain/other', 4)).toEqual([200, 200, 200, 429]);
  });

  it('admits exactly the limit of many at once', async () => {
    app = await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.call('/plain')));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(3);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(47);
  });

  it('skips all policies, or those named', async () => {
    app = await start();
    expect(await app.statuses('/plain/skipped', 5)).toEqual([200, 200, 200, 200, 200]);
    expect((await app.call('/plain/skipped')).headers['ratelimit-policy']).toBeUndefined();
    expect(await app.statuses('/plain/skipped-other', 4)).toEqual([200, 200, 200, 429]);
  });

  it('takes the declaration closest to the handler, and adds up those of other names', async () => {
    app = await start();
    expect(await app.statuses('/plain/dear', 2)).toEqual([200, 429]);
    expect((await app.call('/plain/both')).headers['ratelimit-policy']).toBe('"api";q=3;w=60, "tiny";q=1;w=60');
    expect((await app.call('/plain/both')).body).toMatchObject({ 'violated-policies': ['tiny'] });
    expect((await app.call('/plain/only-tiny')).headers['ratelimit-policy']).toBe('"tiny";q=1;w=60');
  });

  it('charges no policy when one refuses', async () => {
    app = await start({ bucket: () => 'all' });
    expect(await app.statuses('/plain/both', 5)).toEqual([200, 429, 429, 429, 429]);
    const refused = await app.call('/plain/both');
    expect(refused.headers['ratelimit']).toBe('"api";r=2;t=20, "tiny";r=0;t=60');
    expect(await app.statuses('/plain', 3)).toEqual([200, 200, 429]);
  });

  it('inherits policies from a base class, which the class overrides', async () => {
    app = await start();
    expect(await app.statuses('/derived', 2)).toEqual([200, 429]);
    expect((await app.call('/derived/tiny')).headers['ratelimit-policy']).toBe('"api";q=3;w=60, "tiny";q=1;w=60');
  });

  it('counts a call once, whatever the number of guards', async () => {
    app = await start({}, [globalGuard]);
    expect(await app.statuses('/plain', 4)).toEqual([200, 200, 200, 429]);
    expect(await app.statuses('/plain/guarded-often', 4)).toEqual([200, 200, 200, 429]);
  });

  it('applies the default policies everywhere with a global guard', async () => {
    app = await start({ defaultPolicies: ['tiny'] }, [globalGuard]);
    expect(await app.statuses('/open', 2)).toEqual([200, 429]);
    expect(await app.statuses('/open/skipped', 3)).toEqual([200, 200, 200]);
    expect((await app.call('/plain')).headers['ratelimit-policy']).toBe('"tiny";q=1;w=60, "api";q=3;w=60');
  });

  it('counts the client behind the trusted proxies, and ignores what it claims', async () => {
    app = await start({ trustedProxies: 1 });
    const from = (claim: string) => ({ headers: { 'x-forwarded-for': claim } });
    expect(await app.statuses('/plain', 4, from('9.9.9.9, 1.1.1.1'))).toEqual([200, 200, 200, 429]);
    expect(await app.statuses('/plain', 1, from('8.8.8.8, 1.1.1.1'))).toEqual([429]);
    expect(await app.statuses('/plain', 1, from('1.1.1.2'))).toEqual([200]);
    expect(await app.statuses('/plain', 3, from('2001:db8::1'))).toEqual([200, 200, 200]);
    expect(await app.statuses('/plain', 1, from('2001:db8::2'))).toEqual([429]);
  });

  it('ignores X-Forwarded-For by default', async () => {
    app = await start();
    const statuses: number[] = [];
    for (let claim = 1; claim <= 4; claim++)
      statuses.push((await app.call('/plain', { headers: { 'x-forwarded-for': `1.1.1.${claim}` } })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('counts by a bucket of its own, that the service can delete, and by address where there is none', async () => {
    app = await start();
    const as = (user: string) => ({ headers: { 'x-user': user } });
    expect(await app.statuses('/hooks/user', 3, as('ada'))).toEqual([200, 200, 429]);
    expect(await app.statuses('/hooks/user', 1, as('bob'))).toEqual([200]);
    expect(await app.statuses('/hooks/user', 3)).toEqual([200, 200, 429]);
    expect(await app.statuses('/hooks/user', 1, as('a'.repeat(2000)))).toEqual([200]);
  });

  it('charges what the request costs, and answers 400 to a cost that could never pass', async () => {
    app = await start();
    const rows = (count: unknown) => app.call('/hooks/export', { method: 'post', body: { rows: count } });
    expect(await rows(7)).toMatchObject({ status: 201, headers: { 'x-ratelimit-remaining': '3' } });
    expect(await rows(4)).toMatchObject({
      status: 429,
      headers: { 'x-ratelimit-remaining': '3', 'retry-after': '360' },
    });
    expect(await rows(3)).toMatchObject({ status: 201 });
    for (const count of [11, -1, 1.5, 'many']) {
      expect(await rows(count)).toMatchObject({
        status: 400,
        body: { status: 400, detail: expect.stringContaining('cost must be a whole number from 1 to 10') as string },
      });
    }
  });

  it('skips by the request', async () => {
    app = await start();
    expect(await app.statuses('/hooks/skippable', 3, { headers: { 'x-skip': 'yes' } })).toEqual([200, 200, 200]);
    expect(await app.statuses('/hooks/skippable', 2)).toEqual([200, 429]);
  });

  it('shows each decision to decorate, and sends the error of onLimited', async () => {
    app = await start();
    decorated.length = 0;
    await app.statuses('/hooks/decorated', 2);
    expect(await app.statuses('/hooks/notified', 2)).toEqual([200, 429]);
    expect(decorated).toEqual([
      'HooksController.decorated decorated 127.0.0.1 true',
      'HooksController.decorated decorated 127.0.0.1 false',
      'limited notified',
    ]);
    await app.call('/hooks/teapot');
    expect(await app.call('/hooks/teapot')).toMatchObject({
      status: 418,
      body: { wait: 3_600_000 },
      headers: { 'retry-after': '3600' },
    });
  });

  it('shares its buckets with the service', async () => {
    app = await start({ bucket: () => 'everybody' });
    const limiter = app.nest.get(Limiter);
    expect(await app.statuses('/plain', 4)).toEqual([200, 200, 200, 429]);
    expect(await limiter.peek('api', 'everybody')).toMatchObject({ allowed: false });
    await limiter.delete('api', 'everybody');
    expect(await app.statuses('/plain', 1)).toEqual([200]);
  });

  it('sends no rate limit headers when asked for none', async () => {
    app = await start({ headers: [] });
    const { headers } = await app.call('/plain');
    expect(Object.keys(headers).filter((name) => name.includes('ratelimit'))).toEqual([]);
    await app.statuses('/plain', 2);
    expect((await app.call('/plain')).headers['retry-after']).toBe('20');
  });

  describe('while the storage fails', () => {
    const down = {
      name: 'down',
      capabilities: { serverClock: true, multiKeyAtomic: false },
      apply: () => new Promise<never>(() => undefined),
      read: () => Promise.reject(new Error('down')),
      delete: () => Promise.reject(new Error('down')),
    };

    it("answers 503 when it is 'closed', unlike a 429", async () => {
      app = await start({ storage: down, readyTimeoutMs: 0, onStorageError: 'closed', timeoutMs: 10 });
      const answer = await app.call('/plain');
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity', status: 503 },
      });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(await app.statuses('/plain/skipped', 1)).toEqual([200]);
    });

    it("lets requests pass, without headers, when it is 'open'", async () => {
      app = await start({ storage: down, readyTimeoutMs: 0, onStorageError: 'open', timeoutMs: 10 });
      expect(await app.statuses('/plain', 5)).toEqual([200, 200, 200, 200, 200]);
      expect((await app.call('/plain')).headers['ratelimit']).toBeUndefined();
    });

    it('limits in the process by default', async () => {
      app = await start({ storage: down, readyTimeoutMs: 0, timeoutMs: 10, clock: () => 0 });
      expect(await app.statuses('/plain', 4)).toEqual([200, 200, 200, 429]);
    });
  });
});
