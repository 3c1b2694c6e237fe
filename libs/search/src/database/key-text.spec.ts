import fc from 'fast-check';
import { decodeKey, encodeKey, keyOrStart, MAX_KEY_LENGTH } from './key-text.js';

const value = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }));
const key = fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 4 }));

describe('a key as the tables hold it', () => {
  it('is the same again, with its types', () => {
    fc.assert(fc.property(key, (one) => expect(decodeKey(encodeKey(one))).toEqual(one)));
  });

  it.each(['', '[1', '[1,]', '[1 2]', '[,]', '{"a":1}', 'null', 'true', '[[1]]', '"a', '[1,null]'])(
    'is not %p',
    (text) => {
      expect(() => decodeKey(text)).toThrow(SyntaxError);
    },
  );

  it('that is too long is cut to what gives no key back', () => {
    const { text, whole } = keyOrStart([1, 'x'.repeat(300)]);
    expect([whole, text.length]).toEqual([false, MAX_KEY_LENGTH]);
    expect(() => decodeKey(text)).toThrow(SyntaxError);
    expect(() => decodeKey(keyOrStart('x'.repeat(300)).text)).toThrow(SyntaxError);
    expect(() => encodeKey('x'.repeat(300))).toThrow('a primary key must be at most 255 characters as JSON');
  });
});
