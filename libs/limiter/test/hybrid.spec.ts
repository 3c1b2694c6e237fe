import { Controller, Get, UseGuards, type INestApplication, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Test, type TestingModule } from '@nestjs/testing';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, SkipRateLimit } from '@rookery/limiter';
import { InProcessTransport } from './in-process-transport.js';

const policies = { api: { limit: 1, per: '1h' }, every: { limit: 100, per: '1h' } } as const;
const limiter = (defaultPolicies: readonly string[] = []) =>
  LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies, defaultPolicies });
const GLOBAL = [{ provide: APP_GUARD, useExisting: RateLimitGuard }];

/** One limited route and one limited message, and an event without a limit. */
@Controller()
class Plain {
  @Get('read') @RateLimit('api') read() {
    return 'read';
  }
  @MessagePattern('sum') @RateLimit('api') sum(numbers: number[]) {
    return numbers.length;
  }
  @EventPattern('said') said(text: string) {
    return text;
  }
}

@Controller()
@UseGuards(RateLimitGuard)
class Guarded extends Plain {
  @MessagePattern('sum') @RateLimit('api') override sum(numbers: number[]) {
    return numbers.length;
  }
}

/** Messages without a word of their own, and one that is limited by none. */
@Controller()
class Quiet {
  @MessagePattern('sum') sum(numbers: number[]) {
    return numbers.length;
  }
  @EventPattern('free') @SkipRateLimit() free(text: string) {
    return text;
  }
}

/** One guarded route, and an event. */
@Controller()
class Partly {
  @Get('read') @UseGuards(RateLimitGuard) read() {
    return 'read';
  }
  @EventPattern('said') said(text: string) {
    return text;
  }
}

describe('a limited message of a microservice', () => {
  const warnings: string[] = [];
  const logger = {
    log: () => undefined,
    error: () => undefined,
    warn: (line: string) => void warnings.push(line),
  };
  let transport: InProcessTransport;
  let app: { close(): Promise<void> } | undefined;

  beforeEach(() => {
    warnings.length = 0;
    transport = new InProcessTransport();
  });
  afterEach(async () => app?.close());

  const compile = (controller: Type, providers: typeof GLOBAL, defaults?: readonly string[]): Promise<TestingModule> =>
    Test.createTestingModule({ imports: [limiter(defaults)], controllers: [controller], providers }).compile();

  const hybrid = async (
    controller: Type,
    providers: typeof GLOBAL,
    connect: (application: INestApplication) => void,
    defaults?: readonly string[],
  ): Promise<void> => {
    const application = (await compile(controller, providers, defaults)).createNestApplication({ logger });
    app = application;
    connect(application);
    await application.startAllMicroservices();
    await application.init();
  };

  /** Of three, with a limit of one. */
  const admitted = async (): Promise<number> => {
    const answers = await Promise.allSettled([1, 2, 3].map(() => transport.ask('sum', [1])));
    return answers.filter(({ status }) => status === 'fulfilled').length;
  };

  const warningOf = (found: string): string =>
    `${found}: guards of the application reach messages only where connectMicroservice has { inheritAppConfig: true }, which nothing ` +
    'shows: without it nothing is limited. @UseGuards(RateLimitGuard) limits either way, and counts once';
  const WARNING = warningOf("@RateLimit('api') of Plain.sum");

  // Nest shows at start that there is a microservice, and not what it inherits: so the line is the same for both.
  it.each([
    { inheritAppConfig: false, passed: 3 },
    { inheritAppConfig: true, passed: 1 },
  ])(
    'is reported where the guard is global alone: $passed of 3 pass, inheritAppConfig $inheritAppConfig',
    async (of) => {
      const { inheritAppConfig } = of;
      await hybrid(Plain, GLOBAL, (application) =>
        application.connectMicroservice({ strategy: transport }, { inheritAppConfig }),
      );
      expect(await admitted()).toBe(of.passed);
      expect(warnings).toEqual([WARNING]);
    },
  );

  it.each([false, true])(
    'is limited, and counted once, by its own guard: inheritAppConfig %p',
    async (inheritAppConfig) => {
      await hybrid(Guarded, GLOBAL, (application) =>
        application.connectMicroservice({ strategy: transport }, { inheritAppConfig }),
      );
      expect(await admitted()).toBe(1);
      expect(warnings).toEqual([]);
    },
  );

  it('is reported once, also where microservices are connected after the start', async () => {
    let application!: INestApplication;
    await hybrid(Plain, GLOBAL, (made) => (application = made));
    expect(warnings).toEqual([]);
    application.connectMicroservice({ strategy: transport });
    application.connectMicroservice({ strategy: new InProcessTransport() });
    expect(warnings).toEqual([WARNING]);
  });

  const connect = (application: INestApplication) => void application.connectMicroservice({ strategy: transport });

  it('is reported where defaultPolicies alone limit it', async () => {
    await hybrid(Plain, GLOBAL, connect, ['every']);
    expect(warnings).toEqual([
      warningOf("@RateLimit('api') of Plain.sum, defaultPolicies of Plain.sum, defaultPolicies of Plain.said"),
    ]);
  });

  it('is reported where defaultPolicies limit it, and there is no guard at all', async () => {
    await hybrid(Quiet, [], connect, ['api']);
    expect(await admitted()).toBe(3);
    expect(warnings).toEqual([warningOf('defaultPolicies of Quiet.sum')]);
  });

  it('is no fault of defaultPolicies where the guard stands before some handlers, which are meant', async () => {
    await hybrid(Partly, [], connect, ['every']);
    expect(warnings).toEqual([]);
  });

  it('is refused at start by a microservice without the guard, and limited by one with it', async () => {
    const alone = async (providers: typeof GLOBAL) => {
      const service = (await compile(Plain, providers)).createNestMicroservice({ strategy: transport, logger });
      app = service;
      await service.listen();
    };
    await expect(alone([])).rejects.toThrow(
      "@RateLimit('api') of Plain.sum must have its guard before it: add { provide: APP_GUARD, useExisting: RateLimitGuard } to the " +
        "providers of a module, or @UseGuards(RateLimitGuard) (got 'no guard')",
    );
    await app!.close();
    transport = new InProcessTransport();
    await alone(GLOBAL);
    expect(await admitted()).toBe(1);
    expect(warnings).toEqual([]);
  });
});
