import fc from 'fast-check';

import type { Codec, Encoded } from '../contracts/codec.js';
import { HerdRequestError, HerdUnreadableError } from '../errors/operation-errors.js';
import { CheckedCodec, encodedBytes } from './checked-codec.js';
import { jsonCodec } from './json.codec.js';

/** The same without texts, as a codec of another's would be. */
const bytesOnly: Codec = {
  encode: (value) => ({ bytes: jsonCodec.encode(value).bytes, flags: 2 }),
  decode: (encoded) => jsonCodec.decode(encoded),
};
const codecs: readonly (readonly [string, Codec])[] = [
  ['of texts', jsonCodec],
  ['of bytes', bytesOnly],
];

function thrown(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe.each(codecs)('a checked codec %s', (_, codec) => {
  const roomy = new CheckedCodec(codec, 1_000_000);

  it('gives back what it was given, from bytes and from a text of ASCII', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const stored = JSON.parse(JSON.stringify(value)) as unknown;
        const encoded = roomy.write('k', value);
        expect(roomy.read('k', encoded)).toEqual(stored);
        for (const owned of [true, false]) expect(roomy.readBytes('k', encoded.bytes, owned, 2)).toEqual(stored);
        const text = encoded.bytes.toString('latin1');
        if (!/[\x80-\xff]/.test(text)) expect(roomy.readAscii('k', text, 2)).toEqual(stored);
      }),
    );
  });

  it('counts bytes, not characters, up to the limit itself', () => {
    // With its quotes: 12 bytes of ASCII, 12 of which two or three make a character.
    for (const text of ['x'.repeat(10), 'é'.repeat(5), '漢漢漢x']) {
      expect(encodedBytes(codec.encode(text))).toBe(12);
      expect(new CheckedCodec(codec, 12).write('k', text).bytes.length).toBe(12);
      const error = thrown(() => new CheckedCodec(codec, 11).write('a "key"', text));
      expect(error).toBeInstanceOf(HerdRequestError);
      expect((error as Error).message).toContain('The value of "a \\"key\\"" has 12 bytes, above maxValueBytes 11');
      expect(error).toMatchObject({ remedy: 'store less under one key' });
    }
  });

  it('reports what cannot be encoded with its key, and what was given', () => {
    const error = thrown(() => roomy.write('k', 1n));
    expect(error).toBeInstanceOf(HerdRequestError);
    expect((error as Error).message).toMatch(/^The value for "k" cannot be encoded: .*BigInt/);
    expect(error).toMatchObject({ received: 1n, remedy: 'pass what the codec accepts' });
    expect((error as Error).cause).toBeInstanceOf(TypeError);
  });

  it('reports what cannot be read with its key and flags', () => {
    for (const call of [
      () => roomy.read('k', { bytes: Buffer.from('{'), flags: 2 }),
      () => roomy.readAscii('k', '{', 2),
      () => roomy.readBytes('k', Buffer.from('{'), false, 2),
    ]) {
      const error = thrown(call);
      expect(error).toBeInstanceOf(HerdUnreadableError);
      expect((error as Error).message).toMatch(/^The value of "k" \(flags 2\) cannot be read: .*JSON/);
      expect(error).toMatchObject({ remedy: 'delete it, or give the driver the codec of its writer' });
      expect((error as Error).cause).toBeInstanceOf(SyntaxError);
    }
  });
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a promise, as an async function does', Promise.resolve({ bytes: Buffer.alloc(1), flags: 0 })],
  ['a text for bytes', { bytes: 'text', flags: 0 }],
  ['no bytes', { flags: 0 }],
  ['no flags', { bytes: Buffer.alloc(1) }],
  ['flags below 0, as 1 << 31 is', { bytes: Buffer.alloc(1), flags: 1 << 31 }],
  ['flags of 33 bits', { bytes: Buffer.alloc(1), flags: 2 ** 32 }],
  ['flags that are no whole number', { bytes: Buffer.alloc(1), flags: 0.5 }],
  ['a text that is none', { bytes: Buffer.alloc(1), flags: 0, text: 5 }],
])('refuses a codec that gives %s, before it is sent', (_, encoded) => {
  const codec: Codec = { encode: () => encoded as Encoded, decode: () => 0 };
  const error = thrown(() => new CheckedCodec(codec, 100).write('k', 1));
  expect(error).toBeInstanceOf(HerdRequestError);
  expect((error as Error).message).toContain('The codec made no bytes and flags of the value for "k"');
  expect(error).toMatchObject({ received: encoded, remedy: expect.stringContaining('0 to 4294967295') as string });
});

it.each([0, 2 ** 32 - 1])('accepts the flags %p', (flags) => {
  const encoded = { bytes: Buffer.from('x'), flags };
  expect(new CheckedCodec({ encode: () => encoded, decode: () => 0 }, 1).write('k', 1)).toBe(encoded);
});

it('gives a codec bytes that it may keep', () => {
  const keeping: Codec = { encode: (value) => jsonCodec.encode(value), decode: ({ bytes }) => bytes };
  const format = new CheckedCodec(keeping, 100);
  const others = Buffer.from('abc');
  const kept = [format.readBytes('k', others, false, 0), format.readAscii('k', 'abc', 0)];
  others.fill('x');
  for (const bytes of kept) expect(bytes).toEqual(Buffer.from('abc'));
});
