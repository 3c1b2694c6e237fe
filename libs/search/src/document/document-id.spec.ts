import fc from 'fast-check';
import { keyText, splitKeyText } from './document-id.js';

/** Texts that are likely to go wrong. */
const value = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(':', '~', 'a', ',') }),
  fc.string({ unit: 'grapheme' }),
);
const values = fc.array(value, { minLength: 2, maxLength: 4 });

describe('the text of a key', () => {
  it('is the value itself, or the values with : between them', () => {
    expect([
      keyText(7),
      keyText(7n),
      keyText('a:b'),
      keyText([1, 7n]),
      keyText([1, 'a:b']),
      keyText(['', '~']),
    ]).toEqual(['7', '7', 'a:b', '1:7', '1:a~:b', ':~~']);
  });

  it('gives the values of a composite key back, whatever they are', () => {
    fc.assert(fc.property(values, (key) => expect(splitKeyText(keyText(key))).toEqual(key)));
  });

  it('is another one for another key', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(keyText(a)).not.toBe(keyText(b));
      }),
    );
  });

  it('is the only text of its key: any other is of none, or of another', () => {
    fc.assert(
      fc.property(value, (text) => {
        const key = splitKeyText(text);
        if (key && key.length > 1) expect(keyText(key)).toBe(text);
      }),
    );
    expect([splitKeyText('a~'), splitKeyText('a~b'), splitKeyText('a~:b')]).toEqual([undefined, undefined, ['a:b']]);
  });
});
