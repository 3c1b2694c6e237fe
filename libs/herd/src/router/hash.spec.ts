import fc from 'fast-check';

import { fmix32, fnv1a } from './hash.js';

describe('fnv1a', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('gives the published value of %p', (text, hash) => expect(fnv1a(text)).toBe(hash));

  it('hashes the UTF-8 bytes of every text, one FNV-1a step each', () => {
    const step = (hash: number, byte: number) => Math.imul(hash ^ byte, 0x01000193) >>> 0;
    const unit = fc.constantFrom('a', '\u007f', '\u0080', 'é', 'ключ', '😀');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 6 }), (text) =>
        expect(fnv1a(text)).toBe([...new TextEncoder().encode(text)].reduce(step, 0x811c9dc5)),
      ),
    );
  });
});

describe('fmix32', () => {
  it('gives the values of MurmurHash3', () => {
    expect(fmix32(0)).toBe(0);
    expect(fmix32(1)).toBe(0x514e28b7);
  });

  it('keeps different inputs different', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => a === b || fmix32(a) !== fmix32(b)));
  });
});
