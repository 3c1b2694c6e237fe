import { Controller, Get, Inject, Injectable, Module, UseGuards, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Limiter,
  LimiterModule,
  LimiterOptionError,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  type LimiterModuleOptions,
  type LimiterOptionsFactory,
} from '@rookery/limiter';

const options = (): LimiterModuleOptions => ({ storage: memoryStorage(), policies: { api: { limit: 3, per: '1m' } } });

@Injectable()
class Config {
  limit = 7;
}

@Module({ providers: [Config], exports: [Config] })
class ConfigModule {}

@Injectable()
class OptionsService implements LimiterOptionsFactory {
  constructor(@Inject(Config) private readonly config: Config) {}

  createLimiterOptions(): LimiterModuleOptions {
    return { ...options(), policies: { api: { limit: this.config.limit, per: '1m' } } };
  }
}

@Module({ imports: [ConfigModule], providers: [OptionsService], exports: [OptionsService] })
class OptionsModule {}

@Injectable()
class Feature {
  constructor(@Inject(Limiter) readonly limiter: Limiter) {}
}

@Module({ providers: [Feature] })
class FeatureModule {}

describe('module', () => {
  const limitOf = async (limiter: ReturnType<typeof LimiterModule.forRoot>): Promise<number> => {
    const app = await Test.createTestingModule({ imports: [limiter, FeatureModule] }).compile();
    return app.get(Feature).limiter.policy('api').limits[0]!.limit;
  };

  it('is set up by forRoot', async () => expect(await limitOf(LimiterModule.forRoot(options()))).toBe(3));

  it('is set up by a factory, with imports and inject', async () => {
    const useFactory = async ({ limit }: Config): Promise<LimiterModuleOptions> =>
      Promise.resolve({ ...options(), policies: { api: { limit, per: '1m' } } });
    expect(await limitOf(LimiterModule.forRootAsync({ imports: [ConfigModule], inject: [Config], useFactory }))).toBe(
      7,
    );
  });

  it('is set up by a class', async () => {
    expect(await limitOf(LimiterModule.forRootAsync({ imports: [ConfigModule], useClass: OptionsService }))).toBe(7);
  });

  it('is set up by a provider that exists', async () => {
    expect(await limitOf(LimiterModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsService }))).toBe(
      7,
    );
  });

  it('stays in its module when it is not global', async () => {
    await expect(limitOf(LimiterModule.forRoot({ ...options(), isGlobal: false }))).rejects.toThrow(/Limiter/);
  });

  it('closes its storage with the application', async () => {
    let closed = 0;
    const app = await Test.createTestingModule({
      imports: [
        LimiterModule.forRoot({
          ...options(),
          storage: Object.assign(memoryStorage(), { close: () => void closed++ }),
        }),
      ],
    }).compile();
    await app.init();
    await app.close();
    expect(closed).toBe(1);
  });
});

describe('module at start', () => {
  const start = async (limiter: object, ...controllers: Type[]): Promise<void> => {
    const module = LimiterModule.forRoot({ ...options(), ...limiter });
    const app = (await Test.createTestingModule({ imports: [module], controllers }).compile()).createNestApplication();
    app.useLogger(false);
    try {
      await app.init();
    } finally {
      await app.close();
    }
  };

  it.each([
    [{ storage: undefined }, 'storage must be a LimiterStorage, such as memoryStorage() (got undefined)'],
    [
      { policies: { api: { limit: 0, per: '1m' } } },
      'policies.api.limit must be a whole number from 1 to 1000000000000 (got 0)',
    ],
    [{ policies: undefined }, "policies must be an object such as { api: { limit: 100, per: '1m' } } (got undefined)"],
    [
      { policies: { api: { limit: 1, per: '1m', cost: 0 } } },
      'policies.api.cost must be a whole number of 1 or more, or a function that returns one (got 0)',
    ],
    [{ onStorageError: 'shut' }, "onStorageError must be 'open', 'closed' or 'local' (got 'shut')"],
    [{ timeoutMs: -1 }, 'timeoutMs must be whole milliseconds from 1 to 60000 (got -1)'],
    [
      { trustedProxies: true },
      'trustedProxies must be the number of proxies in front of the application, 0 to 32, or a list of their networks (got true)',
    ],
    [
      { headers: ['x-rate'] },
      "headers must be an array of 'ietf', 'x-ratelimit', 'x-ratelimit-window' (got [ 'x-rate' ])",
    ],
    [
      { defaultPolicies: ['apii'] },
      "defaultPolicies must be an array of names among api: did you mean 'api'? (got [ 'apii' ])",
    ],
    [{ bucket: 'ip' }, "bucket must be a function (got 'ip')"],
  ])('refuses %p', async (wrong, message) => {
    await expect(start(wrong)).rejects.toThrow(LimiterOptionError);
    await expect(start(wrong)).rejects.toThrow(message);
  });

  it('names every wrong option at once', async () => {
    await expect(start({ timeoutMs: 0, trustedProxies: -1 })).rejects.toThrow(
      /^2 limiter options are wrong:\n {2}- timeoutMs .*\n {2}- trustedProxies /,
    );
  });

  it('reads an option that is undefined as one that is not given', async () => {
    await expect(
      start({ timeoutMs: undefined, headers: undefined, trustedProxies: undefined }),
    ).resolves.toBeUndefined();
  });

  const controllerWith = (...decorators: readonly MethodDecorator[]): Type => {
    @Controller('wrong')
    @UseGuards(RateLimitGuard)
    class WrongController {
      @Get() read() {
        return 'ok';
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(WrongController.prototype, 'read')!;
    for (const decorator of decorators) decorator(WrongController.prototype, 'read', descriptor);
    return WrongController;
  };

  it.each([
    [
      RateLimit('apii'),
      "@RateLimit('apii') of WrongController.read must be a policy of the module (api), or an object with limits: did you mean 'api'? (got 'apii')",
    ],
    [
      RateLimit('api', { cost: 4 }),
      "@RateLimit('api') of WrongController.read: cost must be at most 3, the burst: a higher one could never pass (got 4)",
    ],
    [
      RateLimit({ name: 'x', limit: 0, per: '1m' }),
      "@RateLimit('x') of WrongController.read.limit must be a whole number",
    ],
    [
      RateLimit({ name: 'api', limit: 1, per: '1m' }),
      "@RateLimit('api') of WrongController.read must not repeat the name of a policy of the module",
    ],
    [
      RateLimit({ limit: 1, per: '1m' } as never),
      'must be 1 to 64 letters, digits, dots, dashes or underscores (got undefined)',
    ],
    [RateLimit(undefined as never), 'must be a policy of the module (api), or an object with limits (got undefined)'],
    [
      RateLimit('api', { bucket: 'ip' as never }),
      "@RateLimit('api') of WrongController.read: bucket must be a function (got 'ip')",
    ],
  ])('refuses a decorator %#', async (decorator, message) => {
    await expect(start({}, controllerWith(decorator))).rejects.toThrow(message);
  });

  it('refuses two policies of one name that differ', async () => {
    const one = controllerWith(RateLimit({ name: 'x', limit: 1, per: '1m' }));
    const same = controllerWith(RateLimit({ name: 'x', limit: 1, per: '60s' }));
    const other = controllerWith(RateLimit({ name: 'x', limit: 2, per: '1m' }));
    await expect(start({}, one, same)).resolves.toBeUndefined();
    await expect(start({}, one, other)).rejects.toThrow('must not differ from the policy of the same name');
  });
});
