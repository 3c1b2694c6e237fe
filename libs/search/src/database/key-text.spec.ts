import fc from 'fast-check';
import { columnText, decodeKey, encodeKey, fitsColumn, MAX_KEY_LENGTH } from './key-text.js';

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

  it('stands in a column as it is, where it fits', () => {
    expect([columnText('7'), fitsColumn('x'.repeat(255)), fitsColumn('x'.repeat(256))]).toEqual(['7', true, false]);
  });

  const long = fc.oneof(fc.string({ minLength: 300 }), fc.string({ unit: 'binary', minLength: 200 }));
  it('that is too long for a column has a text of its own there, which is no key', () => {
    fc.assert(
      fc.property(long, long, (one, other) => {
        const [text, of] = [encodeKey([1, one]), encodeKey([1, other])].map(columnText);
        expect(text!.length).toBeLessThanOrEqual(MAX_KEY_LENGTH);
        expect(text === of).toBe(one === other);
        expect(Buffer.from(text!).toString()).toBe(text);
        if (!fitsColumn(encodeKey([1, one]))) expect(() => decodeKey(text!)).toThrow(SyntaxError);
      }),
    );
  });
});
