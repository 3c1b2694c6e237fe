import { Controller, Get, Injectable, UseGuards, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Limited,
  LimiterModule,
  LimiterOptionError,
  memoryStorage,
  RateLimit,
  RateLimitGuard,
  SkipRateLimit,
} from '@rookery/limiter';
import { inspect } from 'node:util';

type Options = Record<string, unknown>;
type Decorator = ClassDecorator & MethodDecorator;

const POLICIES = { api: { limit: 3, per: '1m' }, login: { limit: 3, per: '1m' } } as const;
/** A source may have policies that the module lacks: names are checked all the same where that is possible. */
const SOURCE = { load: () => undefined };

async function start(options: Options, ...classes: Type[]): Promise<void> {
  const imports = [
    LimiterModule.forRoot({ storage: memoryStorage(), policies: POLICIES, ...options }),
    LimiterModule.forRoot({ name: 'partner', storage: memoryStorage(), policies: { quota: { limit: 5, per: '1d' } } }),
  ];
  const providers = classes.filter((each) => each.name.endsWith('Service'));
  const controllers = classes.filter((each) => !providers.includes(each));
  const app = (await Test.createTestingModule({ imports, controllers, providers }).compile()).createNestApplication();
  app.useLogger(false);
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

/** Each place that a policy is named in, or an option is set: how it gets there, and what messages call it. */
const PLACES: Readonly<Record<string, (decorator: Decorator, options?: Options) => Promise<void>>> = {
  'a handler': (decorator, options = {}) => {
    @Controller('wrong')
    @UseGuards(RateLimitGuard)
    class WrongController {
      @decorator @Get() read() {
        return 'ok';
      }
    }
    return start(options, WrongController);
  },
  'a controller': (decorator, options = {}) => {
    @Controller('wrong')
    @UseGuards(RateLimitGuard)
    @decorator
    class WrongController {
      @Get() read() {
        return 'ok';
      }
      @Get('more') more() {
        return 'ok';
      }
    }
    return start(options, WrongController);
  },
  'a base class': (decorator, options = {}) => {
    @decorator
    class Base {
      @Get() read() {
        return 'ok';
      }
    }
    @Controller('wrong')
    @UseGuards(RateLimitGuard)
    class WrongController extends Base {}
    return start(options, WrongController);
  },
};
const places = Object.entries(PLACES);

/** What is no name of a policy, whoever writes it, and what the message has besides the names that there are. */
const NAMES: readonly (readonly [unknown, string])[] = [
  ['apii', "did you mean 'api'? (got 'apii')"],
  ['Login', "did you mean 'login'? (got 'Login')"],
  ['zzzzzzzz', "(got 'zzzzzzzz')"],
  ['', "(got '')"],
  [5, '(got 5)'],
  [undefined, '(got undefined)'],
  [null, '(got null)'],
  [['api'], "(got [ 'api' ])"],
];
/** The same where an object is a policy of its own. */
const OBJECT_NAME: readonly [unknown, string] = [{ default: true }, '(got { default: true })'];

/** Each option of a decorator, and what it must not be. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  cost: [0, -1, 1.5, NaN, Infinity, '5', null, {}, 4],
  bucket: [5, 'user', null, {}],
  skip: [true, 'api', null],
  policy: [5, 'api', null],
  decorate: [5, null],
  onLimited: [5, null],
  limiter: ['partnr', '', 5, null, {}],
};
const cells = Object.entries(VALUES).flatMap(([option, values]) => values.map((value) => [option, value] as const));

const refused = async (attempt: Promise<void>): Promise<LimiterOptionError> => {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LimiterOptionError);
  return error as LimiterOptionError;
};

describe.each(places)('on %s', (_, decorate) => {
  it.each(NAMES)('@RateLimit(%p) is refused at start', async (name, message) => {
    expect((await refused(decorate(RateLimit(name as string)))).message).toContain(message);
  });

  it.each([...NAMES, OBJECT_NAME])('@SkipRateLimit(%p) is refused at start, once', async (name, message) => {
    const error = await refused(decorate(SkipRateLimit('api', name as string)));
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^@SkipRateLimit of \w+(\.read)? must be a policy of a module or of a @RateLimit/);
  });

  it.each(cells)('@RateLimit with %s: %p is refused at start', async (option, value) => {
    const error = await refused(decorate(RateLimit('api', { [option]: value })));
    expect(error.problems[0]!.option).toMatch(new RegExp(`^@RateLimit\\('api'\\) of WrongController.*: ${option}$`));
    expect(error.problems[0]!.received).toEqual(value);
  });

  it.each(cells)('@RateLimit on the spot with %s: %p is refused at start', async (option, value) => {
    const policy = { name: 'spot', limit: 3, per: '1m', [option]: value } as never;
    const error = await refused(decorate(RateLimit(policy)));
    expect(error.problems[0]).toMatchObject({ received: value, option: expect.stringContaining(option) as string });
  });

  it.each(['api', 'login', 'quota', 'spot', 'gold'])('@SkipRateLimit(%p) of what there is passes', async (name) => {
    @Controller('other')
    @UseGuards(RateLimitGuard)
    class OtherController {
      @RateLimit({ name: 'spot', limit: 1, per: '1m' }) @RateLimit('gold') @Get() read() {
        return 'ok';
      }
    }
    await expect(
      decorate(SkipRateLimit(name), { policySource: SOURCE }).catch(async (error: unknown) => {
        // Known by another class alone.
        if (!['spot', 'gold'].includes(name)) throw error;
        await start({ policySource: SOURCE }, OtherController, skipping(name));
      }),
    ).resolves.toBeUndefined();
  });
});

function skipping(name: string): Type {
  @Controller('skips')
  class SkippingController {
    @SkipRateLimit(name) @Get() read() {
      return 'ok';
    }
  }
  return SkippingController;
}

it('with a policySource, a @SkipRateLimit that nobody can have meant is refused all the same', async () => {
  const error = await refused(start({ policySource: SOURCE }, skipping('apii')));
  expect(error.message).toContain('@SkipRateLimit of SkippingController.read must be a policy');
});

describe('defaultPolicies', () => {
  it.each(NAMES.filter(([name]) => typeof name === 'string'))('with %p are refused at start', async (name, message) => {
    const error = await refused(start({ defaultPolicies: ['api', name] }));
    expect(error.message).toContain(message.replace(/\(got.*/, ''));
    expect(error.message).toContain(inspect(['api', name]));
  });

  it.each(['api', 5, null, {}])('that are %p are refused at start', async (value) => {
    expect((await refused(start({ defaultPolicies: value }))).problems[0]).toMatchObject({ received: value });
  });
});

describe('@Limited', () => {
  const starting = (policy: unknown, options?: Options): Promise<void> => {
    @Injectable()
    class WrongService {
      @Limited(policy as string, options as never) async run(): Promise<void> {}
    }
    return start({}, WrongService);
  };

  it.each([...NAMES, OBJECT_NAME])('(%p) is refused at start', async (name, message) => {
    expect((await refused(starting(name))).message).toContain(message);
  });

  it.each([
    ...cells.filter(([option]) => ['cost', 'onLimited', 'limiter'].includes(option)),
    ['key', 5],
    ['key', null],
  ] as const)('with %s: %p is refused at start', async (option, value) => {
    const error = await refused(starting('api', { [option]: value }));
    expect(error.problems[0]!.option).toContain(option);
    expect(error.problems[0]!.received).toEqual(value);
  });
});

describe('where nothing would read it', () => {
  it('a @RateLimit on a method that nobody calls as a handler is refused, with the remedy', async () => {
    @Injectable()
    class MailService {
      @RateLimit('api') send() {
        return 'sent';
      }
    }
    expect((await refused(start({}, MailService))).message).toBe(
      "@RateLimit('api') of MailService.send must stand on a handler, such as one with @Get, or on a class that has one: on any other method use @Limited (got 'no handler')",
    );
  });

  it('so is one on a class without handlers', async () => {
    @Injectable()
    @RateLimit('api')
    class MailService {
      send() {
        return 'sent';
      }
    }
    expect((await refused(start({}, MailService))).message).toContain("@RateLimit('api') of MailService must stand on");
  });

  it.each<readonly [string, MethodDecorator]>([
    ["@RateLimit('api')", RateLimit('api')],
    ['@SkipRateLimit', SkipRateLimit()],
    ["@Limited('api')", Limited('api') as MethodDecorator],
  ])('%s on a static method, or on what is no method, is refused where it stands', (name, decorator) => {
    class Target {
      static run(): Promise<void> {
        return Promise.resolve();
      }
      get value() {
        return 5;
      }
    }
    const at = (target: object, key: string) => () =>
      decorator(target, key, Object.getOwnPropertyDescriptor(target, key)!);
    const rule = 'must stand on a method of its instances';
    expect(at(Target, 'run')).toThrow(`${name} of Target.run ${rule} (got 'a static member')`);
    expect(at(Target.prototype, 'value')).toThrow(`${name} of Target.value ${rule} (got 'a property')`);
  });
});
