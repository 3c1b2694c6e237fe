/** An application on NestJS 11 over the platform of its argument: what refusals of its limiter look like, and what was logged. */
import './nest-11-hooks.js';
import type { INestApplication } from '@nestjs/common';

const { ConsoleLogger, Controller, Get, Module, Post, UseGuards } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');
const { LimiterModule, memoryStorage, RateLimit, RateLimitGuard } = await import('@rookery/limiter');

const lines: string[] = [];
class RecordingLogger extends ConsoleLogger {
  override log(): void {}
  override warn(message: unknown): void {
    lines.push(`WARN ${String(message)}`);
  }
  override error(message: unknown): void {
    lines.push(`ERROR ${String(message)}`);
  }
}

@Controller()
@UseGuards(RateLimitGuard)
class AppController {
  @RateLimit({ name: 'api', limit: 1, per: '1h' }) @Get('limited') limited() {
    return { ok: true };
  }
  @RateLimit({ name: 'cost', limit: 1, per: '1h', cost: () => 2 }) @Post('dear') dear() {
    return { ok: true };
  }
}

@Module({
  imports: [LimiterModule.forRoot({ storage: memoryStorage(), policies: {} })],
  controllers: [AppController],
})
class AppModule {}

async function create(): Promise<INestApplication> {
  const logger = new RecordingLogger();
  if (process.argv[2] === 'express') return NestFactory.create(AppModule, { logger });
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return NestFactory.create(AppModule, new FastifyAdapter(), { logger });
}

const app = await create();
await app.listen(0, '127.0.0.1');
const url = await app.getUrl();
const answers: { status: number; type: string | null; body: unknown }[] = [];
for (const [method, path] of [
  ['GET', 'limited'],
  ['GET', 'limited'],
  ['GET', 'limited'],
  ['POST', 'dear'],
] as const) {
  const response = await fetch(`${url}/${path}`, { method });
  answers.push({ status: response.status, type: response.headers.get('content-type'), body: await response.json() });
}
process.send!({ answers, lines });
await app.close();
