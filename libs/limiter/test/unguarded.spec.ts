import {
  Controller,
  Get,
  Injectable,
  Scope,
  UseGuards,
  type CanActivate,
  type INestApplication,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  LimiterModule,
  memoryStorage,
  namedRateLimitGuard,
  RateLimit,
  RateLimitGuard,
  SkipRateLimit,
  type LimiterModuleExtras,
  type LimiterModuleOptions,
} from '@rookery/limiter';
import { GuardsBefore } from '../src/nest/guards-before.js';

const limiter = (options: Partial<LimiterModuleOptions & LimiterModuleExtras> = {}) =>
  LimiterModule.forRoot({ storage: memoryStorage(), policies: { api: { limit: 3, per: '1m' } }, ...options });

@Injectable()
class OtherGuard implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequestGuard extends RateLimitGuard {}

/** A controller with one limited route, one that skips, and one without. */
const controller = (...guards: readonly Type<CanActivate>[]): Type => {
  @Controller('some')
  @RateLimit({ name: 'whole', limit: 100, per: '1s' })
  @UseGuards(...guards)
  class SomeController {
    @Get('read') @RateLimit('api') read() {
      return 'ok';
    }

    @Get('health') @SkipRateLimit() health() {
      return 'ok';
    }
  }
  return SomeController;
};

const start = async (
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => void = () => undefined,
): Promise<readonly string[]> => {
  const warnings: string[] = [];
  const logger = { log: () => undefined, error: () => undefined, warn: (line: string) => void warnings.push(line) };
  const app = (await Test.createTestingModule(metadata).compile()).createNestApplication();
  app.useLogger(logger);
  app.useWebSocketAdapter(new WsAdapter(app));
  prepare(app);
  try {
    await app.init();
  } finally {
    await app.close();
  }
  return warnings;
};

const REMEDY =
  "must have its guard before it: add { provide: APP_GUARD, useExisting: RateLimitGuard } to the providers of a module, or @UseGuards(RateLimitGuard) (got 'no guard')";

describe('a policy before which no guard runs', () => {
  it('is refused at start, each by its name', async () => {
    await expect(start({ imports: [limiter()], controllers: [controller()] })).rejects.toThrow(
      `2 limiter options are wrong:\n  - @RateLimit('whole') of SomeController.read ${REMEDY}\n  - @RateLimit('api') of SomeController.read ${REMEDY}`,
    );
  });

  it.each<[string, ModuleMetadata, ((app: INestApplication) => void)?]>([
    ['APP_GUARD', { providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }], controllers: [controller()] }],
    [
      'APP_GUARD, made for each request',
      { providers: [{ provide: APP_GUARD, useClass: PerRequestGuard }], controllers: [controller()] },
    ],
    ['useGlobalGuards', { controllers: [controller()] }, (app) => app.useGlobalGuards(app.get(RateLimitGuard))],
    ['@UseGuards on the class', { controllers: [controller(RateLimitGuard)] }],
  ])('is applied by %s', async (...[, metadata, prepare]) => {
    expect(await start({ imports: [limiter()], ...metadata }, prepare)).toEqual([]);
  });

  it('is applied by a guard on the base class, and by one on the method', async () => {
    @UseGuards(OtherGuard, RateLimitGuard)
    class Base {}
    @Controller('derived')
    class Derived extends Base {
      @Get() @RateLimit('api') read() {
        return 'ok';
      }
    }
    @Controller('alone')
    class Alone {
      @Get() @UseGuards(RateLimitGuard) @RateLimit('api') read() {
        return 'ok';
      }
    }
    expect(await start({ imports: [limiter()], controllers: [Derived, Alone] })).toEqual([]);
  });

  it('is reported where another guard runs, which may call it', async () => {
    const providers = [{ provide: APP_GUARD, useClass: OtherGuard }];
    const [warning] = await start({ imports: [limiter()], providers, controllers: [controller()] });
    expect(warning).toContain("@RateLimit('whole') of SomeController.read, @RateLimit('api') of SomeController.read: ");
    expect(warning).toContain('nothing is limited unless another guard calls it; must have its guard before it');
  });

  it('is refused where the guard of another limiter runs alone', async () => {
    @Controller('partner')
    @UseGuards(RateLimitGuard)
    class Partner {
      @Get() @RateLimit('api', { limiter: 'partner' }) read() {
        return 'ok';
      }
    }
    const imports = [limiter(), limiter({ name: 'partner' })];
    await expect(start({ imports, controllers: [Partner] })).rejects.toThrow(
      "@UseGuards(namedRateLimitGuard('partner'))",
    );
    const providers = [{ provide: APP_GUARD, useClass: namedRateLimitGuard('partner') }];
    expect(await start({ imports, providers, controllers: [Partner] })).toEqual([]);
  });

  it('is refused where it stands in defaultPolicies, unless a guard stands somewhere', async () => {
    const imports = [limiter({ defaultPolicies: ['api'] })];
    @Controller('free')
    class Free {
      @Get() read() {
        return 'ok';
      }
    }
    await expect(start({ imports, controllers: [Free] })).rejects.toThrow(`defaultPolicies ${REMEDY}`);
    const guarded = controller(RateLimitGuard);
    expect(await start({ imports, controllers: [Free, guarded] })).toEqual([]);
  });

  it('is refused on a gateway too', async () => {
    @WebSocketGateway()
    class Chat {
      @SubscribeMessage('say') @RateLimit('api') say() {
        return 'ok';
      }
    }
    await expect(start({ imports: [limiter()], providers: [Chat] })).rejects.toThrow("@RateLimit('api') of Chat.say");
    const global = { provide: APP_GUARD, useExisting: RateLimitGuard };
    expect(await start({ imports: [limiter()], providers: [Chat, global] })).toEqual([]);
  });

  it('counts no global guard before a gateway of NestJS 11, which calls it without', () => {
    class Chat {
      @SubscribeMessage('say') say(this: void) {
        return 'ok';
      }
      @Get() read(this: void) {
        return 'ok';
      }
    }
    const nest11 = {
      getGlobalGuards: () => [new OtherGuard()],
      getGlobalRequestGuards: () => [{ metatype: RateLimitGuard }],
    };
    const guards = new GuardsBefore({ container: { applicationConfig: nest11 } }, { httpAdapter: {} });
    expect(guards.of(Chat, Chat.prototype.say)).toEqual({ limiters: [], others: false });
    expect(guards.of(Chat, Chat.prototype.read)).toEqual({ limiters: ['default'], others: true });
  });

  it('is no fault where it cannot be known: a microservice may have guards of its own, a context serves nobody', async () => {
    @Controller()
    class Messages {
      @EventPattern('said') @RateLimit('api') said(text: string) {
        return text;
      }
    }
    expect(await start({ imports: [limiter()], controllers: [Messages] })).toEqual([]);
    class Root {}
    const context = await NestFactory.createApplicationContext(
      { module: Root, imports: [limiter()], controllers: [controller()] },
      { logger: false, abortOnError: false },
    );
    await context.close();
  });
});
