import { Controller, UseGuards, UseInterceptors, type INestMicroservice } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, RateLimitInterceptor } from '@rookery/limiter';
import { freePort } from '@rookery/services';
import { firstValueFrom, timeout } from 'rxjs';

const addresses: (string | undefined)[] = [];

@Controller()
@UseGuards(RateLimitGuard)
@UseInterceptors(RateLimitInterceptor)
class SumController {
  @RateLimit('sum', { decorate: (c) => void addresses.push(c.address) })
  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @RateLimit('login', { bucket: (c) => (c.request as { name: string }).name })
  @MessagePattern('login')
  login(@Payload() { password }: { password: string }): boolean {
    if (password !== 'right') throw new RpcException('wrong password');
    return true;
  }
}

describe('guard in a microservice, over TCP', () => {
  let service: INestMicroservice;
  let client: ClientProxy;
  const ask = (pattern: string, data: unknown): Promise<unknown> =>
    firstValueFrom(client.send<unknown>(pattern, data).pipe(timeout(5000)));

  beforeEach(async () => {
    const policies = { sum: { limit: 2, per: '1m' }, login: { limit: 2, per: '1h', count: 'failures' } } as const;
    const module = LimiterModule.forRoot({ storage: memoryStorage({ clock: () => 0 }), policies });
    const transport = { transport: Transport.TCP, options: { host: '127.0.0.1', port: await freePort() } } as const;
    service = (
      await Test.createTestingModule({ imports: [module], controllers: [SumController] }).compile()
    ).createNestMicroservice({ ...transport, logger: false });
    await service.listen();
    client = ClientProxyFactory.create(transport);
    await client.connect();
  });
  afterEach(async () => {
    await client.close();
    await service.close();
  });

  it('refuses with a problem, which the caller receives', async () => {
    expect(await ask('sum', [1, 2])).toBe(3);
    expect(await ask('sum', [3, 4])).toBe(7);
    await expect(ask('sum', [5])).rejects.toMatchObject({
      status: 429,
      detail: "Rate limit 'sum' is used up: retry in 30 s.",
      'violated-policies': ['sum'],
    });
    expect(new Set(addresses)).toEqual(new Set(['127.0.0.1']));
  });

  it('counts failures alone where a policy says so', async () => {
    for (let attempt = 0; attempt < 4; attempt++)
      expect(await ask('login', { name: 'ann', password: 'right' })).toBe(true);
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(ask('login', { name: 'ann', password: 'wrong' })).rejects.toMatchObject({
        message: 'wrong password',
      });
    await expect(ask('login', { name: 'ann', password: 'right' })).rejects.toMatchObject({ status: 429 });
    expect(await ask('login', { name: 'bob', password: 'right' })).toBe(true);
  });
});
