import { mappingHash } from './mapping-hash.js';

describe('the hash of a mapping', () => {
  it('does not depend on the order of keys, nor on what is undefined', () => {
    expect(mappingHash({ a: 1, b: { c: [1, 2], d: undefined } })).toBe(mappingHash({ b: { c: [1, 2] }, a: 1 }));
  });

  it.each([[{ a: 2 }], [{ a: '1' }], [{ b: 1 }], [{ a: [1] }], [{}]])('changes with the content: %j', (other) => {
    expect(mappingHash(other)).not.toBe(mappingHash({ a: 1 }));
  });

  it('stays what it was in indices that users have', () =>
    expect(mappingHash({ b: { c: [1, '2', null], d: undefined }, a: true }, 'x')).toBe('0fe5b28b'));

  it('depends on the order of lists', () => {
    expect(mappingHash([1, 2])).not.toBe(mappingHash([2, 1]));
  });
});
