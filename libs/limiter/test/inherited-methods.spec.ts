import { Controller, Get, UseGuards } from '@nestjs/common';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, SkipRateLimit } from '@rookery/limiter';
import { startHttpApp, type HttpApp } from './http-app.js';

/** Replaces the method by one that calls it, and copies nothing: as decorators for logs and caches do. */
const Wrapped = (): MethodDecorator => (_target, _key, descriptor: PropertyDescriptor) => {
  const method = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]) {
    return method.apply(this, args);
  };
};

abstract class Base {
  @RateLimit('api') read() {
    return 'base';
  }
  @RateLimit('api') dear() {
    return 'base';
  }
  @RateLimit('api') more() {
    return 'base';
  }
  @RateLimit('api') free() {
    return 'base';
  }
}

class Middle extends Base {
  override read() {
    return 'middle';
  }
}

@Controller('derived')
@UseGuards(RateLimitGuard)
class Derived extends Middle {
  @Get('read') override read() {
    return 'derived';
  }
  @RateLimit('api', { cost: 2 }) @Get('dear') override dear() {
    return 'derived';
  }
  @RateLimit('tiny') @Get('more') override more() {
    return 'derived';
  }
  @SkipRateLimit() @Get('free') override free() {
    return 'derived';
  }
  @Get('wrapped') @Wrapped() @RateLimit('tiny') wrapped() {
    return 'derived';
  }
}

describe('a method that overrides one of a base class', () => {
  let app: HttpApp;
  beforeEach(async () => {
    const policies = { api: { limit: 3, per: '1m' }, tiny: { limit: 1, per: '1m' } } as const;
    app = await startHttpApp('express', {
      imports: [LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies })],
      controllers: [Derived],
    });
  });
  afterEach(() => app.close());
  const policyOf = async (path: string) => (await app.call(path)).headers['ratelimit-policy'];

  it('inherits its policies, over several classes', async () => {
    expect(await app.statuses('/derived/read', 4)).toEqual([200, 200, 200, 429]);
  });

  it('replaces those of the same name, and adds others', async () => {
    expect(await app.statuses('/derived/dear', 2)).toEqual([200, 429]);
    expect(await policyOf('/derived/more')).toBe('"api";q=3;w=60, "tiny";q=1;w=60');
  });

  it('can skip them', async () => {
    expect(await policyOf('/derived/free')).toBeUndefined();
  });

  it('keeps its policies where another decorator wraps it', async () => {
    expect(await app.statuses('/derived/wrapped', 2)).toEqual([200, 429]);
  });
});
