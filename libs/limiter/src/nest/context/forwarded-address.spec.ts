import fc from 'fast-check';
import { ClientAddresses } from './client-addresses.js';
import type { TrustedProxies } from './forwarded-address.js';
import { isNetwork, trustedNetworks } from './trusted-networks.js';

const PROXY = '10.0.0.9';

function clientAddress(remote: string | undefined, forwardedFor: string | undefined, trustedProxies: TrustedProxies) {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const socket = remote === undefined ? {} : { remoteAddress: remote };
  return new ClientAddresses({ trustedProxies, ipv6Prefix: 64 }).of({ headers, socket });
}

describe('client address', () => {
  it('ignores X-Forwarded-For without a trusted proxy', () => expect(clientAddress(PROXY, '1.2.3.4', 0)).toBe(PROXY));

  it.each([
    [1, '1.2.3.4', '1.2.3.4'],
    [1, '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    [2, '6.6.6.6, 1.2.3.4, 10.0.0.1', '1.2.3.4'],
    [2, '1.2.3.4', '1.2.3.4'],
    [1, '1.2.3.4:5678', '1.2.3.4'],
    [1, '[2001:db8::1]:443', '2001:db8:0:0::/64'],
    [1, undefined, PROXY],
    [1, '', PROXY],
    [1, 'unknown', PROXY],
    [2, 'evil\r\n, 1.2.3.4', '1.2.3.4'],
  ])('believes the last %p of %p', (trusted, header, expected) =>
    expect(clientAddress(PROXY, header, trusted)).toBe(expected),
  );

  it('is unknown on a Unix socket', () => expect(clientAddress(undefined, undefined, 0)).toBeUndefined());

  it('never believes more entries than there are proxies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.ipV4(), { maxLength: 10 }),
        fc.array(fc.ipV4(), { minLength: 1, maxLength: 5 }),
        (claims, seen) => {
          return clientAddress(PROXY, [...claims, ...seen].join(', '), seen.length) === seen[0];
        },
      ),
    );
  });
});

describe('client address behind networks', () => {
  const believing = (...networks: string[]) => trustedNetworks(networks);

  it.each([
    ['no proxy', '8.8.8.8', '1.2.3.4', '8.8.8.8'],
    ['one proxy', '10.0.0.9', '1.2.3.4', '1.2.3.4'],
    ['a claim before the client', '10.0.0.9', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['two proxies', '10.0.0.9', '6.6.6.6, 1.2.3.4, 10.0.0.1', '1.2.3.4'],
    ['proxies alone', '10.0.0.9', '10.0.0.2, 10.0.0.1', '10.0.0.2'],
    ['what is unreadable', '10.0.0.9', '1.2.3.4, unknown, 10.0.0.1', '10.0.0.1'],
    ['nothing readable', '10.0.0.9', 'unknown', '10.0.0.9'],
    ['no header', '10.0.0.9', undefined, '10.0.0.9'],
    ['IPv4-mapped addresses', '::ffff:10.0.0.9', '::ffff:1.2.3.4, ::ffff:10.0.0.1', '1.2.3.4'],
    ['ports', '10.0.0.9', '[2001:db8::1]:443, 10.0.0.1:80', '2001:db8:0:0::/64'],
    ['a proxy over IPv6', 'fd00::1', '1.2.3.4', '1.2.3.4'],
    ['a Unix socket', undefined, '1.2.3.4, 10.0.0.1', '1.2.3.4'],
  ])('%s: %p, %p is %p', (_, remote, header, expected) =>
    expect(clientAddress(remote, header, believing('10.0.0.0/8', 'uniquelocal'))).toBe(expected),
  );

  it.each([
    ['loopback', '127.9.9.9', true],
    ['loopback', '::1', true],
    ['loopback', '::ffff:127.0.0.1', true],
    ['loopback', '128.0.0.1', false],
    ['linklocal', '169.254.1.1', true],
    ['linklocal', 'fe80::1%eth0', true],
    ['uniquelocal', '172.31.255.255', true],
    ['uniquelocal', '172.32.0.0', false],
    ['uniquelocal', '192.168.0.1', true],
    ['uniquelocal', 'fd12::1', true],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['10.0.0.0/8', 'localhost', false],
  ])('%p holds %p: %p', (network, address, held) => expect(believing(network)(address)).toBe(held));

  it('believes the last entry that is no proxy, whatever a client claims before it', () => {
    const outside = fc.ipV4().filter((address) => !address.startsWith('10.'));
    const inside = fc.nat({ max: 0xffffff }).map((n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    const claims = fc.array(fc.oneof(fc.ipV4(), fc.string()));
    fc.assert(
      fc.property(claims, outside, fc.array(inside), (claimed, client, proxies) => {
        const header = [...claimed, client, ...proxies].join(', ');
        return clientAddress('10.0.0.9', header, believing('10.0.0.0/8')) === client;
      }),
    );
  });

  it.each([
    '',
    '10.0.0.0/33',
    '::/129',
    '10.0.0',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'private',
    '10.0.0.0/-1',
    'toString',
    7,
    null,
  ])('refuses %p', (entry) => expect(isNetwork(entry)).toBe(false));
});

describe('client address of the framework', () => {
  const addresses = new ClientAddresses({ trustedProxies: undefined, ipv6Prefix: 64 });
  const socket = { remoteAddress: PROXY };
  const express = (setting: unknown) => ({ socket, ip: '1.2.3.4', app: { get: () => setting } });

  it.each([true, 1, 'loopback', ['10.0.0.0/8'], () => true])('is used where Express trusts %p', (setting) =>
    expect(addresses.of(express(setting))).toBe('1.2.3.4'),
  );
  it.each([false, undefined, 0])('is not where Express trusts %p', (setting) =>
    expect(addresses.of(express(setting))).toBe(PROXY),
  );
  it('is used where Fastify trusts proxies', () => {
    expect(addresses.of({ socket, ip: '2001:db8::7', ips: [PROXY, '2001:db8::7'] })).toBe('2001:db8:0:0::/64');
    expect(addresses.of({ socket, ip: PROXY })).toBe(PROXY);
  });
  it("is the socket's where the framework's is no address", () =>
    expect(addresses.of({ ...express(true), ip: 'unknown' })).toBe(PROXY));
});
