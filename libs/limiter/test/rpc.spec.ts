import { Controller, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard } from '@rookery/limiter';
import { InProcessTransport } from './in-process-transport.js';

@Controller()
@UseGuards(RateLimitGuard)
class SumController {
  @MessagePattern('sum')
  @RateLimit({ name: 'sum', limit: 2, per: '1m' })
  sum(numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @MessagePattern('sum-of-team')
  @RateLimit({ name: 'team', limit: 1, per: '1m', bucket: (c) => (c.request as { team: string }).team })
  team({ team }: { team: string }): string {
    return team;
  }
}

describe('guard in a microservice', () => {
  it('limits messages, has no headers to set, and counts once for a global and a controller guard', async () => {
    const transport = new InProcessTransport();
    const module = LimiterModule.forRoot({
      storage: memoryStorage({ clock: () => 0 }),
      policies: {},
      trustedProxies: 1,
    });
    const testing = await Test.createTestingModule({
      imports: [module],
      controllers: [SumController],
      providers: [{ provide: APP_GUARD, useExisting: RateLimitGuard }],
    }).compile();
    const app = testing.createNestMicroservice({ strategy: transport, logger: false });
    await app.listen();

    expect(await transport.ask('sum', [1, 2])).toBe(3);
    expect(await transport.ask('sum', [3, 4])).toBe(7);
    await expect(transport.ask('sum', [5])).rejects.toBeDefined();
    expect(await transport.ask('sum-of-team', { team: 'a' })).toBe('a');
    expect(await transport.ask('sum-of-team', { team: 'b' })).toBe('b');
    await expect(transport.ask('sum-of-team', { team: 'a' })).rejects.toBeDefined();
    await app.close();
  });
});
