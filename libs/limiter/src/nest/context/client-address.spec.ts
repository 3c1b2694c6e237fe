import fc from 'fast-check';
import { clientAddress, networkOf } from './client-address.js';

describe('client address', () => {
  it('ignores X-Forwarded-For without a trusted proxy', () =>
    expect(clientAddress('10.0.0.9', '1.2.3.4', 0)).toBe('10.0.0.9'));

  it.each([
    [1, '1.2.3.4', '1.2.3.4'],
    [1, '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    [2, '6.6.6.6, 1.2.3.4, 10.0.0.1', '1.2.3.4'],
    [2, '1.2.3.4', '1.2.3.4'],
    [1, '1.2.3.4:5678', '1.2.3.4'],
    [1, '[2001:db8::1]:443', '2001:db8:0:0::/64'],
    [1, undefined, '10.0.0.9'],
    [1, '', '10.0.0.9'],
    [1, 'unknown', '10.0.0.9'],
    [2, 'evil\r\n, 1.2.3.4', '1.2.3.4'],
  ])('believes the last %p of %p', (trusted, header, expected) =>
    expect(clientAddress('10.0.0.9', header, trusted)).toBe(expected),
  );

  it('is unknown on a Unix socket', () => expect(clientAddress(undefined, undefined, 0)).toBeUndefined());

  it('never believes more entries than there are proxies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.ipV4(), { maxLength: 10 }),
        fc.array(fc.ipV4(), { minLength: 1, maxLength: 5 }),
        (claims, seen) => {
          return clientAddress('10.0.0.9', [...claims, ...seen].join(', '), seen.length) === seen[0];
        },
      ),
    );
  });
});

describe('network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['localhost', undefined],
    ['1.2.3', undefined],
  ])('%p is %p', (address, network) => expect(networkOf(address)).toBe(network));

  it('is the same for all spellings and all hosts of a /64', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => networkOf(address) === networkOf(address.toUpperCase())));
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffff }),
        fc.nat({ max: 0xffff }),
        (a, b) => networkOf(`2001:db8:1:2:${a.toString(16)}::${b.toString(16)}`) === '2001:db8:1:2::/64',
      ),
    );
  });
});
