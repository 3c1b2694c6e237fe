import { Controller, Get, UseGuards } from '@nestjs/common';
import { LimiterModule, memoryStorage, RateLimit, RateLimitGuard, type LimiterModuleOptions } from '@rookery/limiter';
import { startHttpApp, type HttpApp, type Platform } from './http-app.js';

@Controller()
@UseGuards(RateLimitGuard)
class AppController {
  @RateLimit('api', { decorate: (c) => void seen.push(c.address) }) @Get() read() {
    return { ok: true };
  }
}

const seen: (string | undefined)[] = [];

describe.each<Platform>(['express', 'fastify'])('who is asking, over %s', (platform) => {
  let app: HttpApp | undefined;
  afterEach(() => app?.close());

  /** Whom each of the given headers is counted as. The test itself is at 127.0.0.1. */
  async function countedAs(
    options: Partial<LimiterModuleOptions>,
    trustProxy: boolean | string | undefined,
    ...headers: Record<string, string>[]
  ): Promise<(string | undefined)[]> {
    const policies = { api: { limit: 100, per: '1h' } } as const;
    const module = LimiterModule.forRoot({ storage: memoryStorage(), policies, ...options });
    app = await startHttpApp(
      platform,
      { imports: [module], controllers: [AppController] },
      trustProxy === undefined ? {} : { trustProxy },
    );
    seen.length = 0;
    for (const each of headers) expect((await app.call('/', { headers: each })).status).toBe(200);
    return [...seen];
  }
  const forwarded = (list: string) => ({ 'x-forwarded-for': list });

  it('uses what the framework is set to trust', async () => {
    expect(await countedAs({}, 'loopback', forwarded('6.6.6.6, 1.2.3.4'), forwarded('2001:db8::9'))).toEqual([
      '1.2.3.4',
      '2001:db8:0:0::/64',
    ]);
  });

  it('uses the socket where the framework trusts nobody', async () => {
    expect(await countedAs({}, undefined, forwarded('1.2.3.4'))).toEqual(['127.0.0.1']);
  });

  it('puts its own trustedProxies before the framework', async () => {
    expect(await countedAs({ trustedProxies: 0 }, true, forwarded('1.2.3.4'))).toEqual(['127.0.0.1']);
  });

  it('trusts networks', async () => {
    expect(
      await countedAs(
        { trustedProxies: ['loopback', '203.0.113.0/24'] },
        undefined,
        forwarded('6.6.6.6, 1.2.3.4, 203.0.113.7'),
        forwarded('1.2.3.4, 198.51.100.1'),
      ),
    ).toEqual(['1.2.3.4', '198.51.100.1']);
  });

  it("counts by the application's address, folded and grouped, and else by the proxies", async () => {
    const address: LimiterModuleOptions['address'] = (c) =>
      (c.request as { headers: Record<string, string> }).headers['cf-connecting-ip'];
    const from = (ip: string) => ({ 'cf-connecting-ip': ip, 'x-forwarded-for': '9.9.9.9' });
    expect(
      await countedAs(
        { address, trustedProxies: 1 },
        undefined,
        from('::ffff:192.0.2.1'),
        from('2001:db8:1:2:3:4:5:6'),
        from(' 192.0.2.7 '),
        from('no address'),
        {},
      ),
    ).toEqual(['192.0.2.1', '2001:db8:1:2::/64', '192.0.2.7', '9.9.9.9', '127.0.0.1']);
  });

  it('shows the address by the proxies inside of the hook, and counts by it where the hook throws', async () => {
    const inside: (string | undefined)[] = [];
    const address: LimiterModuleOptions['address'] = (c) => {
      inside.push(c.address);
      throw new Error('no header');
    };
    expect(await countedAs({ address, trustedProxies: 1 }, undefined, forwarded('1.2.3.4'))).toEqual(['1.2.3.4']);
    expect(new Set(inside)).toEqual(new Set(['1.2.3.4']));
  });

  it('groups IPv6 by the prefix that is set', async () => {
    const options = { ipv6Prefix: 48, trustedProxies: 1 };
    expect(await countedAs(options, undefined, forwarded('2001:db8:1:2::1'), forwarded('2001:db8:1:3::1'))).toEqual([
      '2001:db8:1::/48',
      '2001:db8:1::/48',
    ]);
  });

  it.each([
    [{ trustedProxies: ['10.0.0.0/99'] }, "trustedProxies[0] must be an address such as '10.0.0.1'"],
    [{ trustedProxies: [] }, 'trustedProxies must hold one network or more, or be 0 (got [])'],
    [{ trustedProxies: 'loopback' }, "or a list of their networks (got 'loopback')"],
    [{ ipv6Prefix: 129 }, 'ipv6Prefix must be a whole number of bits from 1 to 128 (got 129)'],
    [{ address: 'x-real-ip' }, "address must be a function (got 'x-real-ip')"],
  ])('refuses %j', async (options, message) => {
    await expect(countedAs(options as never, undefined)).rejects.toThrow(message);
    app = undefined;
  });
});
