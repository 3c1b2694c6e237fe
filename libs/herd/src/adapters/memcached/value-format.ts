import type { Codec, Encoded } from '../../contracts/codec.js';
import { messageOf } from '../../errors/message-of.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import type { ReplyValue } from './reply-parser.js';

/** A value as the end of a storage command: its flags, its length in bytes, and its bytes as latin1 text. */
export type WireValue = Readonly<{ flags: number; bytes: number; text: string }>;

/** Between the values of an application and the text on the wire; trouble is reported with the key. */
export class ValueFormat {
  constructor(
    private readonly codec: Codec,
    private readonly maxValueBytes: number,
  ) {}

  /** @throws {@link HerdRequestError} for what the codec refuses, and for more than `maxValueBytes`. */
  write(key: string, value: unknown): WireValue {
    const { bytes, flags } = this.encode(key, value);
    if (bytes.length > this.maxValueBytes) {
      const what = `The value of ${JSON.stringify(key)} has ${bytes.length} bytes, above maxValueBytes ${this.maxValueBytes}`;
      throw new HerdRequestError({ what, remedy: 'store less under one key' });
    }
    return { flags, bytes: bytes.length, text: bytes.toString('latin1') };
  }

  /** @throws {@link HerdRequestError} for what another program wrote in a format of its own. */
  read(key: string, { data, flags }: ReplyValue): unknown {
    try {
      return this.codec.decode({ bytes: Buffer.from(data, 'latin1'), flags });
    } catch (cause) {
      const what = `The value of ${JSON.stringify(key)} (flags ${flags}) cannot be read: ${messageOf(cause)}`;
      throw new HerdRequestError({ what, remedy: 'delete it, or give memcached() the codec of its writer', cause });
    }
  }

  private encode(key: string, value: unknown): Encoded {
    try {
      return this.codec.encode(value);
    } catch (cause) {
      throw new HerdRequestError({ what: `The value for ${JSON.stringify(key)} cannot be encoded: ${messageOf(cause)}`, received: value, remedy: 'pass what the codec takes', cause });
    }
  }
}
