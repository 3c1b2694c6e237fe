import type { Codec, Encoded } from '../contracts/codec.js';
import { messageOf } from '../support/message-of.js';
import { HerdRequestError, HerdUnreadableError } from '../errors/operation-errors.js';
import { jsonCodec, parseJson } from './json.codec.js';

/** A codec whose trouble is reported with the key. */
export class CheckedCodec {
  constructor(
    private readonly codec: Codec,
    private readonly maxValueBytes: number,
  ) {}

  /** @throws {@link HerdRequestError} for what the codec refuses, what it makes wrong, and for more than `maxValueBytes`. */
  write(key: string, value: unknown): Encoded {
    const encoded = this.encode(key, value);
    // UTF-8 has up to three bytes for a character of a text: most texts need not be counted.
    if (encoded.text !== undefined && encoded.text.length * 3 <= this.maxValueBytes) return encoded;
    const length = encodedBytes(encoded);
    if (length <= this.maxValueBytes) return encoded;
    throw new HerdRequestError({
      what: `The value of ${JSON.stringify(key)} has ${length} bytes, above maxValueBytes ${this.maxValueBytes}`,
      remedy: 'store less under one key',
    });
  }

  /** @throws {@link HerdUnreadableError} for what another program wrote in a format of its own. */
  read(key: string, encoded: Encoded): unknown {
    try {
      return this.codec.decode(encoded);
    } catch (cause) {
      throw unreadable(key, encoded.flags, cause);
    }
  }

  /** The same of a text whose characters are below 128 each. */
  readAscii(key: string, text: string, flags: number): unknown {
    if (this.codec !== jsonCodec) return this.read(key, { bytes: Buffer.from(text, 'latin1'), flags });
    try {
      return parseJson(text, flags);
    } catch (cause) {
      throw unreadable(key, flags, cause);
    }
  }

  /** The same of bytes. @param owned whether they stay as they are once this has returned: a codec may keep them. */
  readBytes(key: string, bytes: Buffer, owned: boolean, flags: number): unknown {
    return this.read(key, { bytes: owned || this.codec === jsonCodec ? bytes : Buffer.from(bytes), flags });
  }

  private encode(key: string, value: unknown): Encoded {
    let encoded: Encoded;
    try {
      encoded = this.codec.encode(value);
    } catch (cause) {
      throw new HerdRequestError({
        what: `The value for ${JSON.stringify(key)} cannot be encoded: ${messageOf(cause)}`,
        received: value,
        remedy: 'pass what the codec accepts',
        cause,
      });
    }
    if (this.codec === jsonCodec || isEncoded(encoded)) return encoded;
    // On the wire it would end a connection that others use.
    throw new HerdRequestError({
      what: `The codec made no bytes and flags of the value for ${JSON.stringify(key)}`,
      received: encoded,
      remedy: 'have encode return { bytes, flags }: a Buffer, and a whole number from 0 to 4294967295',
    });
  }
}

function isEncoded(encoded: unknown): boolean {
  const { bytes, flags, text } = (encoded ?? {}) as Partial<Encoded>;
  const isText = text === undefined || typeof text === 'string';
  return Buffer.isBuffer(bytes) && isText && Number.isInteger(flags) && flags! >= 0 && flags! < 2 ** 32;
}

/** How many bytes a value has, without making them where there is a text. */
export const encodedBytes = (encoded: Encoded): number =>
  encoded.text === undefined ? encoded.bytes.length : Buffer.byteLength(encoded.text);

const unreadable = (key: string, flags: number, cause: unknown): HerdUnreadableError =>
  new HerdUnreadableError({
    what: `The value of ${JSON.stringify(key)} (flags ${flags}) cannot be read: ${messageOf(cause)}`,
    remedy: 'delete it, or give the driver the codec of its writer',
    cause,
  });
