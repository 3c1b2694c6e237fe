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

  /** @throws {@link HerdRequestError} for what the codec refuses, and for more than `maxValueBytes`. */
  write(key: string, value: unknown): Encoded {
    const encoded = this.encode(key, value);
    const { length } = encoded.bytes;
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

  /** The same of a part of `buffer`, whose other bytes are of no concern. */
  readPart(key: string, buffer: Buffer, start: number, end: number, flags: number): unknown {
    // A codec may keep what it is given: it must not keep all that came with it.
    if (this.codec !== jsonCodec) return this.read(key, { bytes: Buffer.from(buffer.subarray(start, end)), flags });
    try {
      return parseJson(buffer, start, end, flags);
    } catch (cause) {
      throw unreadable(key, flags, cause);
    }
  }

  private encode(key: string, value: unknown): Encoded {
    try {
      return this.codec.encode(value);
    } catch (cause) {
      throw new HerdRequestError({
        what: `The value for ${JSON.stringify(key)} cannot be encoded: ${messageOf(cause)}`,
        received: value,
        remedy: 'pass what the codec accepts',
        cause,
      });
    }
  }
}

const unreadable = (key: string, flags: number, cause: unknown): HerdUnreadableError =>
  new HerdUnreadableError({
    what: `The value of ${JSON.stringify(key)} (flags ${flags}) cannot be read: ${messageOf(cause)}`,
    remedy: 'delete it, or give the driver the codec of its writer',
    cause,
  });
