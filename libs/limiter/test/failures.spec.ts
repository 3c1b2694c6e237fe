import { Body, Controller, HttpCode, Inject, Injectable, Post, UnauthorizedException, UseGuards } from '@nestjs/common';
import { Limiter, LimiterModule, memoryStorage, RateLimit, RateLimitGuard } from '@rookery/limiter';
import type { Server } from 'node:http';
import { startHttpApp, type HttpApp, type Platform } from './http-app.js';
import { until } from './until.js';

/** Answers when it is released. */
@Injectable()
class Doorman {
  readonly waiting: (() => void)[] = [];
}

interface Login {
  readonly name: string;
  readonly password: string;
}

@Controller('login')
@UseGuards(RateLimitGuard)
class LoginController {
  constructor(@Inject(Doorman) private readonly doorman: Doorman) {}

  @RateLimit('login', { bucket: (c) => (c.request as { body: Login }).body.name })
  @Post()
  @HttpCode(200)
  login(@Body() { name, password }: Login) {
    if (password !== 'right') throw new UnauthorizedException();
    return { name };
  }

  @RateLimit('login', { bucket: () => 'slow' })
  @Post('slow')
  async slow(): Promise<void> {
    await new Promise<void>((answer) => this.doorman.waiting.push(answer));
  }

  @RateLimit('login', { bucket: () => 'shared' })
  @RateLimit('tight', { bucket: () => 'shared' })
  @Post('tight')
  tight() {
    return { ok: true };
  }

  @RateLimit('trial', { bucket: () => 'trial' })
  @Post('trial')
  trial() {
    return { ok: true };
  }
}

describe.each<Platform>(['express', 'fastify'])('policy that counts failures, over %s', (platform) => {
  let app: HttpApp;
  let limiter: Limiter;
  const remaining = async (key: string): Promise<number> => (await limiter.peek('login', key)).remaining;
  const login = (name: string, password: string) => app.call('/login', { method: 'post', body: { name, password } });

  beforeEach(async () => {
    const policies = {
      login: { limit: 3, per: '15m', count: 'failures' },
      tight: { limit: 1, per: '1h' },
      trial: { limit: 1, per: '1h', mode: 'shadow' },
    } as const;
    app = await startHttpApp(platform, {
      imports: [LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies })],
      controllers: [LoginController],
      providers: [Doorman],
    });
    limiter = app.nest.get(Limiter);
  });
  afterEach(() => app.close());

  it('charges those that fail, and none that succeed', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await login('ann', 'right')).status).toBe(200);
      await until('the token is given back', async () => (await remaining('ann')) === 3);
    }
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) statuses.push((await login('ann', 'wrong')).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await login('ann', 'right')).status).toBe(429);
    expect((await login('bob', 'right')).status).toBe(200);
  });

  it('lets no crowd slip past the limit while nothing has failed yet', async () => {
    const { waiting } = app.nest.get(Doorman);
    const answers = Array.from({ length: 8 }, () => app.call('/login/slow', { method: 'post' }));
    await until('three wait', () => waiting.length === 3);
    const refused = await settledFirst(answers, 5);
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429, 429, 429]);
    expect(waiting).toHaveLength(3);
    waiting.forEach((answer) => answer());
    expect((await Promise.all(answers)).filter(({ status }) => status === 201)).toHaveLength(3);
    await until('all tokens are given back', async () => (await remaining('slow')) === 3);
  });

  it('keeps the charge of a caller who hangs up before the answer', async () => {
    const { waiting } = app.nest.get(Doorman);
    const abort = new AbortController();
    const call = fetch(`${await app.nest.getUrl()}/login/slow`, { method: 'POST', signal: abort.signal }).catch(
      () => 'aborted',
    );
    await until('it waits', () => waiting.length === 1);
    abort.abort();
    expect(await call).toBe('aborted');
    const server = app.nest.getHttpServer() as Server;
    await until(
      'the server has seen it',
      () => new Promise((resolve) => server.getConnections((_, count) => resolve(count === 0))),
    );
    waiting[0]!();
    await login('other', 'right');
    expect(await remaining('slow')).toBe(2);
  });

  it('charges nothing where another policy refuses', async () => {
    expect((await app.call('/login/tight', { method: 'post' })).status).toBe(201);
    await until('the token is given back', async () => (await remaining('shared')) === 3);
    expect((await app.call('/login/tight', { method: 'post' })).status).toBe(429);
    expect(await remaining('shared')).toBe(3);
  });

  it('in shadow mode refuses nobody, and shows nothing', async () => {
    for (let call = 0; call < 3; call++) {
      const { status, headers } = await app.call('/login/trial', { method: 'post' });
      expect([status, headers['ratelimit'], headers['retry-after'], headers['x-ratelimit-remaining']]).toEqual([
        201,
        undefined,
        undefined,
        undefined,
      ]);
    }
    expect(await limiter.peek('trial', 'trial')).toMatchObject({ allowed: true, shadow: 'refused', remaining: 0 });
  });
});

/** The first `count` of these to be answered. */
function settledFirst<T>(answers: readonly Promise<T>[], count: number): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const first: T[] = [];
    for (const answer of answers) answer.then((value) => first.push(value) === count && resolve(first), reject);
  });
}
