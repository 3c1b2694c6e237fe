import { ConsoleLogger, Controller, ForbiddenException, Get, Post, UseGuards } from '@nestjs/common';
import { Limiter, LimiterModule, memoryStorage, RateLimit, RateLimitGuard } from '@rookery/limiter';
import { startHttpApp, type HttpApp, type Platform } from './http-app.js';

/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-member-access -- requests of the hooks are untyped, as for any application */
@Controller()
@UseGuards(RateLimitGuard)
class LoginController {
  @RateLimit('login', { bucket: (c) => c.request.body.email })
  @Post('login')
  login() {
    return { ok: true };
  }

  @RateLimit('login', { bucket: async (c) => Promise.resolve(c.request.body.email) })
  @Post('login-later')
  later() {
    return { ok: true };
  }

  @RateLimit('login', {
    bucket: () => {
      throw new ForbiddenException();
    },
  })
  @Get('forbidden')
  forbidden() {
    return { ok: true };
  }

  @RateLimit('login', { cost: (c) => c.request.body.rows.length })
  @Post('batch')
  batch() {
    return { ok: true };
  }

  @RateLimit('login', { cost: async (c) => Promise.resolve(c.request.body.rows.length) })
  @Post('batch-later')
  batchLater() {
    return { ok: true };
  }

  @RateLimit('login', { skip: (c) => c.request.body.trial })
  @Post('skip')
  skip() {
    return { ok: true };
  }
}
/* eslint-enable */

/** Keeps what Nest logs from a warning up. */
class RecordingLogger extends ConsoleLogger {
  readonly lines: string[] = [];
  override log(): void {}
  override warn(message: unknown, context: unknown): void {
    this.lines.push(`WARN ${String(context)} ${String(message)}`);
  }
  override error(message: unknown): void {
    this.lines.push(`ERROR ${String(message)}`);
  }
}

describe.each<Platform>(['express', 'fastify'])('hooks that a request defeats, over %s', (platform) => {
  let app: HttpApp;
  let logger: RecordingLogger;
  beforeEach(async () => {
    const policies = { login: { limit: 2, per: '1h' } } as const;
    app = await startHttpApp(platform, {
      imports: [LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies })],
      controllers: [LoginController],
    });
    app.nest.useLogger((logger = new RecordingLogger()));
  });
  afterEach(() => app.close());
  const post = (body?: object) => ({ method: 'post', ...(body && { body }) }) as const;

  it.each(['/login', '/login-later'])('counts by address where the bucket throws: %s', async (path) => {
    expect(await app.statuses(path, 3, post())).toEqual([201, 201, 429]);
    expect(await app.statuses(path, 1, post({ email: 'ann@example.org' }))).toEqual([201]);
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatch(
      /^WARN RateLimit bucket of policy 'login' at LoginController\.(login|later) threw, so such calls are counted by controller, handler and address: Cannot read .* \(logged once\)$/,
    );
  });

  it.each([{}, { email: '' }, { email: null }])('counts by address where the bucket is none: %j', async (body) => {
    expect(await app.statuses('/login', 3, post(body))).toEqual([201, 201, 429]);
    expect(await app.statuses('/login', 1, post({ email: 'ann@example.org' }))).toEqual([201]);
    expect(logger.lines).toEqual([]);
  });

  it.each([['ann@example.org'], { $ne: '' }, true, false])(
    'answers 400 where the bucket is neither text nor a number: %j',
    async (email) => {
      const answer = await app.call('/login', post({ email }));
      expect(answer).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining("bucket of policy 'login' must be a string or a number") as string },
      });
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(logger.lines).toEqual([]);
    },
  );

  it('counts numbers as their text', async () => {
    expect(await app.statuses('/login', 2, post({ email: 7 }))).toEqual([201, 201]);
    expect(await app.statuses('/login', 1, post({ email: '7' }))).toEqual([429]);
    await app.nest.get(Limiter).delete('login', '7');
    expect(await app.statuses('/login', 1, post({ email: 0 }))).toEqual([201]);
  });

  it('sends an HttpException of the bucket as it is', async () => {
    expect(await app.statuses('/forbidden', 3)).toEqual([403, 403, 403]);
    expect(logger.lines).toEqual([]);
  });

  it.each(['/batch', '/batch-later'])('lets a call that costs nothing pass uncharged: %s', async (path) => {
    expect(await app.statuses(path, 5, post({ rows: [] }))).toEqual([201, 201, 201, 201, 201]);
    expect((await app.call(path, post({ rows: [1] }))).headers['x-ratelimit-remaining']).toBe('1');
    expect(await app.statuses(path, 2, post({ rows: [1] }))).toEqual([201, 429]);
    expect(await app.statuses(path, 1, post({ rows: [] }))).toEqual([201]);
  });

  it.each(['/batch', '/batch-later'])('answers 400 where the request has no cost: %s', async (path) => {
    expect(await app.call(path, post())).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('cost must be a whole number from 1 to 2') as string },
    });
    expect(logger.lines).toEqual([]);
  });

  it('counts where skip throws', async () => {
    expect(await app.statuses('/skip', 3, post())).toEqual([201, 201, 429]);
    expect(await app.statuses('/skip', 2, post({ trial: true }))).toEqual([201, 201]);
    expect(logger.lines).toHaveLength(1);
  });

  it('logs nothing for a refusal', async () => {
    for (let call = 0; call < 6; call++) await app.call('/login', post({ email: 'ann@example.org' }));
    expect(logger.lines).toEqual([]);
  });
});
