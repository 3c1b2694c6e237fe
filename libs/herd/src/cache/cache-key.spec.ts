import fc from 'fast-check';

import { cacheKey, leaseKey } from './cache-key.js';

describe('cacheKey', () => {
  it('leaves alone what a server accepts', () => expect(cacheKey('users', 'g', 'é:7')).toBe('users:g:é:7'));

  it('is a key that memcached accepts, for any parts, and the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        const key = cacheKey(...parts);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(250);
        expect(key).toMatch(/^[^\0-\x20\x7f]+$/);
        expect(cacheKey(...parts)).toBe(key);
      }),
    );
  });

  it('differs where half a character does, and from every lease', () => {
    expect(cacheKey('\ud800')).not.toBe(cacheKey('\ud801'));
    const texts = fc.array(fc.constantFrom('a', 'a:lease', 'lease', 'a\0lease', ' ', 'lease-'), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(fc.property(texts, texts, (key, other) => expect(cacheKey(...key)).not.toBe(leaseKey(...other))));
  });

  it('differs where a part does', () => expect(cacheKey('a b', 'c')).not.toBe(cacheKey('a b', 'd')));
});
