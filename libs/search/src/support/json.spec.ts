import { jest } from '@jest/globals';
import fc from 'fast-check';
import { formatJson, parseJson } from './json.js';

describe('JSON of an engine', () => {
  it('is what JSON.parse makes of it, where no whole number is beyond 2^53', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const long = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/.test(text);
        fc.pre(!long);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps every whole number exact, wherever it stands', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n), (number) => {
        const text = formatJson({ a: [{ b: number }], c: 'x1234567890123456789' });
        expect(text).toContain(`"b":${number}`);
        const { a, c } = parseJson(text) as { a: [{ b: number | string }]; c: string };
        expect(BigInt(a[0].b)).toBe(number);
        expect(typeof a[0].b).toBe(Number.isSafeInteger(Number(number)) ? 'number' : 'string');
        expect(c).toBe('x1234567890123456789');
      }),
    );
  });

  it('keeps whole numbers on both sides of 2^53 exact', () => {
    const near = fc.bigInt(-1_000n, 1_000n).map((by) => 2n ** 53n + by);
    fc.assert(
      fc.property(fc.oneof(near, fc.bigInt(10n ** 15n, 10n ** 17n)), fc.boolean(), (number, negative) => {
        const signed = negative ? -number : number;
        const read = parseJson(`[${signed}]`) as [number | string];
        expect(BigInt(read[0])).toBe(signed);
        expect(typeof read[0]).toBe(Number.isSafeInteger(Number(signed)) ? 'number' : 'string');
      }),
    );
  });

  it('keeps them exact beside fractions and texts of as many digits, and needs no more than JSON.parse for those alone', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const fraction = fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true, min: -1e6, max: 1e6 });
    const alone = JSON.stringify([
      0.12345678901234566,
      -73.98513190000001,
      { '12345678901234567': '9007199254740993' },
    ]);
    expect(parseJson(alone)).toEqual(JSON.parse(alone));
    expect(parse.mock.calls[0]).toEqual([alone]);
    parse.mockRestore();
    fc.assert(
      fc.property(fc.array(fraction), fc.bigInt(10n ** 16n, 10n ** 30n), fc.array(fraction), (before, long, after) => {
        const text = `[${[...before, long, ...after].map(String).join(' , ')}]`;
        expect(parseJson(text)).toEqual([
          ...before.map((one) => one + 0),
          String(long),
          ...after.map((one) => one + 0),
        ]);
      }),
    );
  });

  it('leaves fractions and exponents numbers', () => {
    const text = '[1.12345678901234567, 1.0E22, 12345678901234567890.5]';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['{"__proto__":{"x":1},"n":1}', '{"__proto__":{"x":1},"n":9007199254740993}'])(
    'reads __proto__ as a name like any other: %s',
    (text) => {
      const value = parseJson(text) as Record<string, unknown>;
      expect(Object.keys(value)).toEqual(['__proto__', 'n']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect(({} as { x?: number }).x).toBeUndefined();
    },
  );
});
