import fc from 'fast-check';

import { jsonCodec } from './json.codec.js';

describe('jsonCodec', () => {
  it('gives back any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(jsonCodec.decode(jsonCodec.encode(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
  });

  it('gives the same as a text and as its bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })), (value) => {
        const { text, bytes, flags } = jsonCodec.encode(value);
        expect(Buffer.from(text!, 'utf8').equals(bytes)).toBe(true);
        expect(jsonCodec.decode({ bytes, flags })).toEqual(jsonCodec.decode({ bytes, flags, text: text! }));
      }),
    );
  });

  it('reads a counter as memcached leaves it, padded and without flags', () =>
    expect(jsonCodec.decode({ bytes: Buffer.from('9 '), flags: 0 })).toBe(9));

  it.each([undefined, () => 1, Symbol('s'), 1n])('refuses %p', (value) =>
    expect(() => jsonCodec.encode(value)).toThrow(
      typeof value === 'bigint' ? TypeError : `JSON has no form for ${typeof value}`,
    ),
  );

  it.each<[unknown, string]>([
    [new Map([['a', 1]]), 'JSON has no form for Map'],
    [{ tags: new Set() }, 'JSON has no form for Set at .tags'],
  ])('refuses what it would empty: %p', (value, why) =>
    expect(() => jsonCodec.encode(value)).toThrow(new TypeError(why)),
  );

  it('refuses what another format is flagged as', () =>
    expect(() => jsonCodec.decode({ bytes: Buffer.from('1'), flags: 4 })).toThrow('flags 4'));
});
