import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, type LimiterModuleOptions } from '@rookery/limiter';
import type { ServerResponse } from 'node:http';
import { startHttpApp, type Platform } from './http-app.js';

/** What a guard does to one request. */
interface Work {
  readonly answer: unknown;
  /** Looks at decorators, and waits: all that could be read at start, or would make a request wait. */
  readonly calls: readonly string[];
  readonly headers: readonly string[];
}

const work: Work[] = [];
const WATCHED = [
  [Reflect, 'getMetadata'],
  [Reflect, 'getOwnMetadata'],
  [Reflect, 'hasMetadata'],
  [Object, 'getOwnPropertyDescriptors'],
  [globalThis, 'setTimeout'],
  [globalThis, 'setImmediate'],
  [process, 'nextTick'],
] as const;

type Called = (...args: unknown[]) => unknown;

/** @returns what puts the function back */
function watch(owner: object, name: string, called: () => void): () => void {
  const functions = owner as Record<string, Called>;
  const original = functions[name]!;
  functions[name] = (...args) => {
    called();
    return Reflect.apply(original, owner, args);
  };
  return () => {
    functions[name] = original;
  };
}

/** The guard as it is, beside which a test counts. */
@Injectable()
class WatchedGuard extends RateLimitGuard {
  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const calls: string[] = [];
    const unwatch = WATCHED.map(([owner, name]) => watch(owner, name, () => calls.push(name)));
    const given = context.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
    const before = new Set(headersOf(given));
    try {
      const answer = super.canActivate(context);
      work.push({ answer, calls, headers: headersOf(given).filter((name) => !before.has(name)) });
      return answer;
    } finally {
      for (const each of unwatch) each();
    }
  }
}

/** Of Express, or of Fastify, whose reply keeps its own until it is sent. */
function headersOf(response: ServerResponse & { getHeaders(): object }): string[] {
  return Object.keys(response.getHeaders());
}

@Controller('items')
@UseGuards(WatchedGuard)
@RateLimit('api')
class ItemsController {
  @Get() read() {
    return { ok: true };
  }
}

describe.each<Platform>(['express', 'fastify'])('the guard at each request, over %s', (platform) => {
  const requests = async (options: Partial<LimiterModuleOptions>, count: number): Promise<readonly Work[]> => {
    work.length = 0;
    const module = LimiterModule.forRoot({
      storage: memoryStorage(),
      policies: { api: { limit: 1000, per: '1h' } },
      trustedProxies: 1,
      ...options,
    });
    const app = await startHttpApp(platform, { imports: [module], controllers: [ItemsController] });
    for (let index = 0; index < count; index++)
      await app.call('/items', { headers: { 'x-forwarded-for': `192.0.2.${index}` } });
    await app.close();
    return work;
  };

  it('works out nothing that is known at start, and answers without waiting where the storage does', async () => {
    const [first, ...later] = await requests({}, 20);
    expect(first!.answer).toBe(true);
    expect(later).toHaveLength(19);
    for (const { answer, calls } of later) {
      expect(answer).toBe(true);
      expect(calls).toEqual([]);
    }
  });

  it('sets the headers that are chosen, each once', async () => {
    const five = ['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
    for (const { headers } of await requests({}, 3)) expect([...headers].sort()).toEqual(five);
    for (const { headers } of await requests({ headers: ['x-ratelimit'] }, 3))
      expect([...headers].sort()).toEqual(five.slice(2));
    for (const { headers } of await requests({ headers: [] }, 3)) expect(headers).toEqual([]);
  });
});
