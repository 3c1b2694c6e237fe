import { Controller, Get, UseGuards, type DynamicModule, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { RateLimitGuard } from '@rookery/limiter';

/** Starts an application of these parts, and ends it. Rejects with what the start complains of. */
export async function startAndEnd(module: DynamicModule, ...parts: Type[]): Promise<void> {
  const controllers = parts.filter((part) => Reflect.hasMetadata('path', part));
  const providers = parts.filter((part) => !controllers.includes(part));
  const built = await Test.createTestingModule({ imports: [module], controllers, providers }).compile();
  const app = built.createNestApplication();
  app.useLogger(false);
  try {
    await app.init();
  } finally {
    await app.close();
  }
}

/** The same with a guarded route that the decorator stands on. */
export function startDecorated(module: DynamicModule, decorator: ClassDecorator & MethodDecorator): Promise<void> {
  @Controller('wrong')
  @UseGuards(RateLimitGuard)
  class WrongController {
    @decorator
    @Get()
    read() {
      return 'ok';
    }
  }
  return startAndEnd(module, WrongController);
}
