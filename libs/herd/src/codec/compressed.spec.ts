import { gzipSync } from 'node:zlib';

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

it.each([{ aboveBytes: -1 }, { maxBytes: 0.5 }, { algorithm: 'zip' }, { abveBytes: 5 }])('refuses %j', (options) => {
  expect(() => compressed(jsonCodec, options as never)).toThrow(HerdOptionError);
});
