import fc from 'fast-check';

import { cacheKey } from './cache-key.js';

describe('cacheKey', () => {
  it('leaves alone what a server takes', () => expect(cacheKey('users', 'g', 'é:7')).toBe('users:g:é:7'));

  it('is a key that memcached takes, for any parts, and the same each time', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        const key = cacheKey(...parts);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(250);
        expect(key).toMatch(/^[^\0-\x20\x7f]+$/);
        expect(cacheKey(...parts)).toBe(key);
      }),
    );
  });

  it('differs where a part does', () => expect(cacheKey('a b', 'c')).not.toBe(cacheKey('a b', 'd')));
});
