import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Limiter, LimiterModule, memoryStorage, type StorageErrorPolicy } from '@rookery/limiter';
import { LimiterHealthIndicator } from '@rookery/limiter/terminus';
import { startHttpApp, type HttpApp } from './http-app.js';

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(LimiterHealthIndicator) private readonly indicator: LimiterHealthIndicator,
    @Inject(Limiter) private readonly limiter: Limiter,
  ) {}

  @HealthCheck()
  @Get()
  read() {
    return this.health.check([() => this.indicator.check('limiter', this.limiter)]);
  }
}

describe('health indicator', () => {
  let app: HttpApp;
  afterEach(() => app.close());
  const start = async (read: 'answers' | 'hangs', onStorageError: StorageErrorPolicy) => {
    const memory = memoryStorage();
    const storage = {
      name: 'flaky',
      capabilities: memory.capabilities,
      apply: memory.apply.bind(memory),
      delete: memory.delete.bind(memory),
      read: read === 'answers' ? memory.read.bind(memory) : () => new Promise<never>(() => undefined),
    };
    const limiter = LimiterModule.forRoot({ storage, onStorageError, timeoutMs: 20, policies: {} });
    app = await startHttpApp('express', {
      imports: [limiter, TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [LimiterHealthIndicator],
    });
    return app.call('/health');
  };

  it('is up while the storage answers', async () => {
    expect(await start('answers', 'closed')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { limiter: { status: 'up', storage: 'flaky' } } },
    });
  });

  it('is down while the storage hangs and requests are refused', async () => {
    const details = {
      limiter: {
        status: 'down',
        message: "limiter storage 'flaky' is unavailable: no answer within 20 ms (timeoutMs)",
      },
    };
    expect(await start('hangs', 'closed')).toMatchObject({ status: 503, body: { status: 'error', details } });
  });

  it.each<StorageErrorPolicy>(['local', 'open'])(
    "is degraded while the storage hangs and '%s' serves",
    async (onStorageError) => {
      expect(await start('hangs', onStorageError)).toMatchObject({
        status: 200,
        body: { status: 'degraded', details: { limiter: { status: 'degraded', onStorageError } } },
      });
    },
  );
});
