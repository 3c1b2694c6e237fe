import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import fc from 'fast-check';

import type { Encoded } from '../contracts/codec.js';
import { HerdOptionError } from '../errors/option-error.js';
import { compressed } from './compressed.js';
import { jsonCodec } from './json.codec.js';

describe.each(['gzip', 'brotli'] as const)('compressed, with %s', (algorithm) => {
  const codec = compressed(jsonCodec, { aboveBytes: 100, algorithm });

  it('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) =>
        expect(codec.decode(codec.encode(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    );
    const long = 'all the same '.repeat(1000);
    expect(codec.encode(long).bytes.length).toBeLessThan(1000);
    expect(codec.decode(codec.encode(long))).toBe(long);
  });

  it('leaves what is short, or grows, as it is', () => {
    const plain = (encoded: Encoded) => [encoded.bytes.toString(), encoded.flags];
    expect(plain(codec.encode(5))).toEqual(plain(jsonCodec.encode(5)));
    // As JSON, two more bytes.
    const [atLimit, above] = ['x'.repeat(98), 'x'.repeat(99)].map((text) => codec.encode(text));
    expect(plain(atLimit!)).toEqual(plain(jsonCodec.encode('x'.repeat(98))));
    expect(above!.bytes.length).toBeLessThan(100);
    const random = Array.from({ length: 40 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 90))).join('');
    const eager = compressed(jsonCodec, { aboveBytes: 0, algorithm });
    expect(plain(eager.encode(random))).toEqual(plain(jsonCodec.encode(random)));
  });

  it('reads what another algorithm wrote, and what none did', () => {
    const text = 'x'.repeat(500);
    for (const other of ['gzip', 'brotli'] as const)
      expect(codec.decode(compressed(jsonCodec, { aboveBytes: 0, algorithm: other }).encode(text))).toBe(text);
    expect(codec.decode(jsonCodec.encode(text))).toBe(text);
  });

  it('does not blow up what is small into more than maxBytes', () => {
    const bomb = compressed(jsonCodec, { algorithm }).encode('0'.repeat(1_000_000));
    expect(() => compressed(jsonCodec, { maxBytes: 10_000 }).decode(bomb)).toThrow(/larger|ERR_BUFFER_TOO_LARGE/i);
    expect(() => codec.decode({ bytes: gzipSync('{}').subarray(0, 5), flags: 2 | (1 << 16) })).toThrow();
  });
});

it('compresses by brotli at the quality that is fast', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `${(i * 7919) % 4093} words`).join(' ');
  const { bytes } = compressed(jsonCodec, { algorithm: 'brotli' }).encode(text);
  const of = (quality: number) =>
    brotliCompressSync(JSON.stringify(text), { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length;
  expect(of(5)).not.toBe(of(constants.BROTLI_DEFAULT_QUALITY));
  expect(bytes.length).toBe(of(5));
});

it('keeps all the bits of the codec within, and refuses one that uses its own', () => {
  const seen: number[] = [];
  const within = (flags: number) => ({
    encode: (text: unknown) => ({ bytes: Buffer.from(text as string), flags }),
    decode: ({ bytes, flags }: Encoded) => (seen.push(flags), bytes.toString()),
  });
  const text = 'x'.repeat(500);
  for (const flags of [0, 1, 0x8000_0000, 0xfffc_ffff]) {
    const codec = compressed(within(flags), { aboveBytes: 10 });
    for (const value of [text, 'short']) {
      const encoded = codec.encode(value);
      expect(encoded.flags).toBe(value === text ? flags + 0x1_0000 : flags);
      expect([codec.decode(encoded), seen.pop()]).toEqual([value, flags]);
    }
  }
  for (const flags of [0x1_0000, 0x2_0000])
    expect(() => compressed(within(flags)).encode('short')).toThrow(`flags ${flags} hold bits 16 or 17`);
});

it.each<[unknown, string]>([
  [{ aboveBytes: -1 }, 'aboveBytes must be'],
  [{ maxBytes: 0.5 }, 'leave it out for the default (got 0.5)'],
  [{ algorithm: 'zip' }, `algorithm must be 'gzip' or 'brotli' (got`],
  [{ abveBytes: 5 }, 'abveBytes is not an option'],
])('refuses %j', (options, message) => {
  expect(() => compressed(jsonCodec, options as never)).toThrow(HerdOptionError);
  expect(() => compressed(jsonCodec, options as never)).toThrow(message);
});

it.each([undefined, {}, { encode: () => undefined }, { decode: () => undefined }])('refuses %p for a codec', (codec) =>
  expect(() => compressed(codec as never)).toThrow('codec must have encode and decode, as jsonCodec does'),
);
