import { Controller, Get, Inject, Injectable, UseGuards } from '@nestjs/common';
import { Limiter, LimiterModule, memoryStorage, RateLimit, RateLimitGuard } from '@rookery/limiter';
import { startHttpApp, type HttpApp, type Platform } from './http-app.js';
import { until } from './until.js';

/** Answers when it is released. */
@Injectable()
class Doorman {
  readonly waiting: (() => void)[] = [];
}

@Controller('report')
@UseGuards(RateLimitGuard)
class ReportController {
  constructor(@Inject(Doorman) private readonly doorman: Doorman) {}

  @RateLimit('report', { bucket: () => 'all' })
  @Get()
  async report() {
    await new Promise<void>((answer) => this.doorman.waiting.push(answer));
    return { ok: true };
  }

  @RateLimit('report', { bucket: () => 'all' })
  @Get('broken')
  broken() {
    throw new Error('broken');
  }
}

describe.each<Platform>(['express', 'fastify'])('policy of calls at once, over %s', (platform) => {
  let app: HttpApp;
  let waiting: (() => void)[];
  const free = async () => (await app.nest.get(Limiter).peek('report', 'all')).remaining;

  beforeEach(async () => {
    const policies = {
      report: {
        limits: [
          { concurrency: 2, leaseMs: 600_000 },
          { limit: 100, per: '1h' },
        ],
      },
    } as const;
    app = await startHttpApp(platform, {
      imports: [LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies })],
      controllers: [ReportController],
      providers: [Doorman],
    });
    ({ waiting } = app.nest.get(Doorman));
  });
  afterEach(() => app.close());

  it('refuses a third call until one of two is answered', async () => {
    const calls = [app.call('/report'), app.call('/report')];
    await until('two wait', () => waiting.length === 2);
    expect((await app.call('/report')).status).toBe(429);
    waiting[0]!();
    await until('a place is free', async () => (await free()) === 1);
    waiting[1]!();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
    await until('both are free', async () => (await free()) === 2);
    expect((await app.nest.get(Limiter).peek('report', 'all')).limits[1]?.remaining).toBe(98);
  });

  it('frees the place of a call that fails, and of one whose caller hangs up', async () => {
    expect((await app.call('/report/broken')).status).toBe(500);
    await until('the place is free', async () => (await free()) === 2);
    const abort = new AbortController();
    const call = fetch(`${await app.nest.getUrl()}/report`, { signal: abort.signal }).catch(() => 'aborted');
    await until('it waits', () => waiting.length === 1);
    expect(await free()).toBe(1);
    abort.abort();
    expect(await call).toBe('aborted');
    await until('the place is free again', async () => (await free()) === 2);
    waiting[0]!();
  });
});
