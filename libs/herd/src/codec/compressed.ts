import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

import type { Codec, Encoded } from '../contracts/codec.js';
import { checked, checkShape, checkWhole, hasMethod } from '../support/option-checks.js';

/** When and how to compress. */
export interface CompressionOptions {
  /** Values of more bytes are compressed. Default 4096. */
  aboveBytes?: number;
  /** `brotli` is smaller and slower. Default `gzip`; both are read. */
  algorithm?: 'gzip' | 'brotli';
  /** What a stored value may become at most when it is read. Default 64 MiB. */
  maxBytes?: number;
}

/** Bits beside the flags of the codec within, which must not use them. */
const gzipFlag = 1 << 16;
const brotliFlag = 1 << 17;
const ownFlags = gzipFlag | brotliFlag;

/**
 * Compresses what `codec` writes, where that makes it smaller. It reads what was stored without it too, so it can be
 * introduced at any time; processes without it cannot read compressed values. Numbers and other short values stay as they are.
 *
 * @example memcached({ codec: compressed(jsonCodec, { aboveBytes: 1024 }) })
 *
 * @throws HerdOptionError
 */
export function compressed(codec: Codec, options: CompressionOptions = {}): Codec {
  const { aboveBytes, algorithm, maxBytes } = resolve(codec, options);
  const limit = { maxOutputLength: maxBytes };
  return Object.freeze({
    encode(value: unknown): Encoded {
      const plain = codec.encode(value);
      if (plain.flags & ownFlags)
        throw new TypeError(`flags ${plain.flags} hold bits 16 or 17, which compressed() sets`);
      if (plain.bytes.length <= aboveBytes) return plain;
      const small =
        algorithm === 'gzip'
          ? gzipSync(plain.bytes)
          : brotliCompressSync(plain.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
      if (small.length >= plain.bytes.length) return plain;
      return { bytes: small, flags: (plain.flags | (algorithm === 'gzip' ? gzipFlag : brotliFlag)) >>> 0 };
    },
    decode({ bytes, flags }: Encoded): unknown {
      const inner = (flags & ~ownFlags) >>> 0;
      if (flags & gzipFlag) return codec.decode({ bytes: gunzipSync(bytes, limit), flags: inner });
      if (flags & brotliFlag) return codec.decode({ bytes: brotliDecompressSync(bytes, limit), flags: inner });
      return codec.decode({ bytes, flags });
    },
  });
}

const defaults = Object.freeze({ aboveBytes: 4096, algorithm: 'gzip', maxBytes: 64 * 1024 * 1024 } as const);

const resolve = (codec: unknown, given: CompressionOptions): Required<CompressionOptions> =>
  checked((problems) => {
    const isCodec = hasMethod(codec, 'encode') && hasMethod(codec, 'decode');
    problems.check(isCodec, 'codec', codec, 'must have encode and decode, as jsonCodec does');
    const options = { ...defaults, ...checkShape(problems, given, ['aboveBytes', 'algorithm', 'maxBytes']) };
    const { aboveBytes, algorithm, maxBytes } = options;
    for (const [name, value] of Object.entries({ aboveBytes, maxBytes }))
      checkWhole(problems, name, value, [0, Infinity], 'leave it out for the default');
    problems.check(['gzip', 'brotli'].includes(algorithm), 'algorithm', algorithm, `must be 'gzip' or 'brotli'`);
    return options;
  });
