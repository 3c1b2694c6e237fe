import fc from 'fast-check';
import { addressKey } from './address-key.js';

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
  ])('%p is %p', (address, network) => expect(addressKey(address)).toBe(network));

  it.each([
    [128, '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6/128'],
    [56, '2001:db8:1:2ff:3:4:5:6', '2001:db8:1:200::/56'],
    [48, '2001:db8:1:2::', '2001:db8:1::/48'],
    [1, 'ffff::', '8000::/1'],
    [127, '2001:db8:1:2:3:4:5:7', '2001:db8:1:2:3:4:5:6/127'],
    [32, '::ffff:192.0.2.1', '192.0.2.1'],
  ])('with %p bits: %p is %p', (prefix, address, network) => expect(addressKey(address, prefix)).toBe(network));

  it('groups exactly the addresses whose first bits are the same', () => {
    const bitsOf = (groups: readonly number[]) => groups.map((group) => group.toString(2).padStart(16, '0')).join('');
    const groups = fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 });
    const text = (each: readonly number[]) => each.map((group) => group.toString(16)).join(':');
    fc.assert(
      fc.property(
        groups,
        groups,
        fc.integer({ min: 1, max: 128 }),
        fc.integer({ min: 0, max: 8 }),
        (a, b, prefix, shared) => {
          // Not IPv4-mapped ones, which are another kind.
          const first = [0x2001, ...a.slice(1)];
          const second = [...first.slice(0, shared), ...b.slice(shared)];
          second[0] = 0x2001;
          const same = bitsOf(first).slice(0, prefix) === bitsOf(second).slice(0, prefix);
          return (addressKey(text(first), prefix) === addressKey(text(second), prefix)) === same;
        },
      ),
    );
  });

  it('is the same for all spellings and all hosts of a /64', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => addressKey(address) === addressKey(address.toUpperCase())));
    fc.assert(
      fc.property(
        fc.nat({ max: 0xffff }),
        fc.nat({ max: 0xffff }),
        (a, b) => addressKey(`2001:db8:1:2:${a.toString(16)}::${b.toString(16)}`) === '2001:db8:1:2::/64',
      ),
    );
  });
});
