import { ConsoleLogger, Controller, ForbiddenException, Get, UseGuards } from '@nestjs/common';
import {
  Limiter,
  LimiterModule,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  type LimiterModuleOptions,
  type PolicyOptions,
  type RateLimitContext,
} from '@rookery/limiter';
import { startHttpApp, type HttpApp } from './http-app.js';
import { until } from './until.js';

const header = (c: RateLimitContext, name: string): string | undefined =>
  (c.request as { headers: Record<string, string | undefined> }).headers[name];
const plan = (c: RateLimitContext) => header(c, 'x-plan');
const later = async <T>(value: T): Promise<T> => {
  await new Promise(setImmediate);
  return value;
};
const bucket = (c: RateLimitContext) => header(c, 'x-user') ?? 'everybody';

@Controller()
@UseGuards(RateLimitGuard)
class AppController {
  @RateLimit({ name: 'by-limit', limit: (c) => (plan(c) === 'pro' ? 3 : 1), per: '1h', bucket }) @Get('limit') limit() {
    return { ok: true };
  }
  @RateLimit({
    name: 'by-all',
    limits: [
      { limit: (c) => later(Number(header(c, 'x-limit'))), per: () => later('1h' as const), burst: () => 2 },
      { limit: 100, per: '1d' },
    ],
    bucket,
  })
  @Get('all')
  all() {
    return { ok: true };
  }
  @RateLimit('dynamic', { bucket }) @Get('module') module() {
    return { ok: true };
  }
  @RateLimit('free', { policy: plan, bucket }) @Get('policy') policy() {
    return { ok: true };
  }
  @RateLimit({ name: 'chosen', policy: (c) => later(plan(c)), bucket }) @Get('chosen') chosen() {
    return { ok: true };
  }
  @RateLimit({
    name: 'given',
    policy: (c) => (plan(c) === undefined ? undefined : { limit: Number(plan(c)), per: '1h' }),
    limit: 1,
    per: '1h',
    bucket,
  })
  @Get('given')
  given() {
    return { ok: true };
  }
  @RateLimit({
    name: 'fails',
    limit: (c) => {
      switch (plan(c)) {
        case 'hangs':
          return new Promise<number>(() => undefined);
        case 'forbidden':
          throw new ForbiddenException();
        case 'zero':
          return 0;
        case 'none':
          return undefined as never;
        case 'rejects':
          return Promise.reject(new Error('database down'));
        default:
          throw new Error('no plan');
      }
    },
    per: '1h',
  })
  @Get('fails')
  fails() {
    return { ok: true };
  }
  @RateLimit('free', {
    bucket,
    policy: (c) => {
      if (plan(c) === 'hangs') return new Promise<string>(() => undefined);
      throw new Error('no plan');
    },
  })
  @Get('policy-fails')
  policyFails() {
    return { ok: true };
  }
}

class RecordingLogger extends ConsoleLogger {
  readonly lines: string[] = [];
  override log(): void {}
  override warn(message: unknown): void {
    this.lines.push(String(message));
  }
  override error(message: unknown): void {
    this.lines.push(String(message));
  }
}

describe('limits by plan', () => {
  let app: HttpApp;
  let logger: RecordingLogger;
  const start = async (more: Partial<LimiterModuleOptions> = {}) => {
    const policies: LimiterModuleOptions['policies'] = {
      free: { limit: 1, per: '1h' },
      pro: { limit: 3, per: '1h' },
      dynamic: { limit: (c) => (plan(c) === 'pro' ? 3 : 1), per: '1h' },
    };
    app = await startHttpApp('express', {
      imports: [
        LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies, policyTimeoutMs: 100, ...more }),
      ],
      controllers: [AppController],
    });
    app.nest.useLogger((logger = new RecordingLogger()));
  };
  beforeEach(() => start());
  afterEach(() => app.close());
  const as = (headers: Record<string, string>) => ({ headers });

  it.each(['/limit', '/module'])('counts by a limit that is a function: %s', async (path) => {
    expect(await app.statuses(path, 2)).toEqual([200, 429]);
    const pro = as({ 'x-plan': 'pro', 'x-user': 'ann' });
    expect(await app.statuses(path, 4, pro)).toEqual([200, 200, 200, 429]);
    expect((await app.call(path, pro)).headers['x-ratelimit-limit']).toBe('3');
  });

  it('converts a bucket whose limit changes from call to call', async () => {
    expect(await app.statuses('/limit', 1)).toEqual([200]);
    expect(await app.statuses('/limit', 2, as({ 'x-plan': 'pro' }))).toEqual([200, 200]);
    expect(await app.statuses('/limit', 1, as({ 'x-plan': 'pro' }))).toEqual([429]);
  });

  it('counts by several functions, some of them async', async () => {
    expect(await app.statuses('/all', 3, as({ 'x-limit': '10' }))).toEqual([200, 200, 429]);
    expect((await app.call('/all', as({ 'x-limit': '10' }))).headers['ratelimit-policy']).toBe(
      '"by-all-1h";q=10;w=3600, "by-all-1d";q=100;w=86400',
    );
  });

  it.each(['/policy', '/chosen'])('counts by a policy that is a function: %s', async (path) => {
    const pro = as({ 'x-plan': 'pro', 'x-user': 'ann' });
    expect(await app.statuses(path, 4, pro)).toEqual([200, 200, 200, 429]);
    expect((await app.call(path, pro)).headers['ratelimit-policy']).toBe('"pro";q=3;w=3600');
  });

  it('counts by the policy that is declared where the function gives none', async () => {
    expect(await app.statuses('/policy', 2)).toEqual([200, 429]);
    expect(await app.statuses('/given', 2)).toEqual([200, 429]);
    expect(await app.statuses('/given', 3, as({ 'x-plan': '2', 'x-user': 'ann' }))).toEqual([200, 200, 429]);
  });

  it('holds the policy that is declared where the function fails or hangs, and logs it once', async () => {
    expect(await app.statuses('/policy-fails', 2)).toEqual([200, 429]);
    expect(await app.statuses('/policy-fails', 1, as({ 'x-plan': 'hangs', 'x-user': 'ann' }))).toEqual([200]);
    expect(logger.lines).toEqual([
      "policy of 'free' at AppController.policyFails failed, so policy 'free' itself holds: no plan (logged once)",
    ]);
  });

  it.each(['throws', 'rejects', 'hangs', 'zero', 'none'])(
    'answers 503 where limits are not known: %s',
    async (name) => {
      expect(await app.statuses('/fails', 3, as({ 'x-plan': name }))).toEqual([503, 503, 503]);
      expect((await app.call('/fails', as({ 'x-plan': name }))).headers['retry-after']).toBe('1');
      expect(logger.lines).toHaveLength(1);
      expect(logger.lines[0]).toMatch(
        /^limits of policy 'fails' at AppController.fails failed, so such calls are answered 503/,
      );
    },
  );

  it('answers 503 where a policy that a function names is unknown and none is declared', async () => {
    expect(await app.statuses('/chosen', 2)).toEqual([503, 503]);
    expect(await app.statuses('/chosen', 1, as({ 'x-plan': 'gold' }))).toEqual([503]);
  });

  it('sends an HttpException as it is', async () => {
    expect(await app.statuses('/fails', 1, as({ 'x-plan': 'forbidden' }))).toEqual([403]);
    expect(logger.lines).toEqual([]);
  });

  it('follows a policy that is set at run time', async () => {
    expect(await app.statuses('/policy', 2)).toEqual([200, 429]);
    const limiter = app.nest.get(Limiter);
    await limiter.policies.set('free', { limit: 2, per: '1h' });
    expect(await app.statuses('/policy', 2)).toEqual([200, 429]);
    await limiter.policies.set('gold', { limit: 3, per: '1h' });
    expect(await app.statuses('/policy', 4, as({ 'x-plan': 'gold', 'x-user': 'ann' }))).toEqual([200, 200, 200, 429]);
    await expect(limiter.policies.set('free', { limit: 0, per: '1h' })).rejects.toThrow(/policies.free.limit must be/);
    expect(limiter.policy('free').limits[0]!.limit).toBe(2);
  });

  it('counts by policies of a source that the code does not name', async () => {
    await app.close();
    const stored: Record<string, PolicyOptions> = { gold: { limit: 2, per: '1h' } };
    await start({ policySource: { load: (name) => later(stored[name]) }, policyMaxAgeMs: 0 });
    const gold = as({ 'x-plan': 'gold', 'x-user': 'ann' });
    expect(await app.statuses('/policy', 3, gold)).toEqual([200, 200, 429]);
    stored['gold'] = { limit: 3, per: '1h' };
    const { policies } = app.nest.get(Limiter);
    await until('it is loaded', async () => (await policies.get('gold')).limits[0]!.limit === 3);
    expect(await app.statuses('/policy', 1, gold)).toEqual([200]);
    expect(await app.statuses('/policy', 2)).toEqual([200, 429]);
  });
});

describe('limits by plan at start', () => {
  const start = async (policy: unknown) => {
    const policies = { api: policy } as LimiterModuleOptions['policies'];
    const app = await startHttpApp('express', {
      imports: [LimiterModule.forRoot({ storage: memoryStorage(), policies })],
    });
    await app.close();
  };

  it.each<[unknown, string]>([
    [{ limit: () => 1, per: 'soon' }, 'policies.api.per must be a duration'],
    [{ limit: 0, per: () => '1m' }, 'policies.api.limit must be a whole number'],
    [
      { limits: [{ limit: () => 1, per: '1h', brust: 1 }] },
      'policies.api.limits[0].brust is not an option; did you mean',
    ],
    [{ limit: () => 1, per: '1h', mode: 'shade' }, "policies.api.mode must be 'enforce' or 'shadow'"],
  ])('refuses what is wrong beside a function: %j', async (policy, message) => {
    await expect(start(policy)).rejects.toThrow(message);
  });

  it('accepts functions', async () => expect(start({ limit: () => 1, per: () => '1h' })).resolves.toBeUndefined());
});
