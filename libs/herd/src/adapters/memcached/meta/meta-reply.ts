import { noBytes } from '../reply-cutter.js';

/** The first two letters of a reply, or `line` for what is none of the meta protocol: an error, a version, a statistic. */
export type MetaCode = 'VA' | 'HD' | 'EN' | 'NS' | 'EX' | 'NF' | 'MN' | 'line';

/** One reply, good only until the next one is read. `epoch` is that of the connection that it came by. */
export type MetaReply = {
  readonly epoch: number;
  code: MetaCode;
  /** What was read together with its line, one character per byte. */
  text: string;
  keyStart: number;
  keyEnd: number;
  /** In bytes. */
  valueSize: number;
  /** Its value, where that is small and of bytes below 128 alone: a text that is its own UTF-8. */
  asciiValue: string | undefined;
  /** Else its value as bytes. */
  valueBytes: Buffer;
  /** Whether those stay as they are once the next reply is read. */
  ownsBytes: boolean;
  /** 0 where the reply has none. */
  opaque: number;
  flags: number;
  cas: string | undefined;
  /** Seconds that are left, -1 for ever. */
  ttl: number;
  /** This caller is to make the value anew (W), another is at it (Z), it is out of date (X). */
  won: boolean;
  sent: boolean;
  stale: boolean;
  /** The whole text, for `line`. */
  line: string;
};

export const emptyReply: MetaReply = Object.freeze({
  epoch: 0,
  code: 'MN',
  text: '',
  keyStart: 0,
  keyEnd: 0,
  valueSize: 0,
  asciiValue: '',
  valueBytes: noBytes,
  ownsBytes: true,
  opaque: 0,
  flags: 0,
  cas: undefined,
  ttl: -1,
  won: false,
  sent: false,
  stale: false,
  line: '',
});

/**
 * Whether the reply may be about `wireKey`, a text of one character per byte. None is requested to name its key: to repeat each costs a
 * fifth of the operations, and its number tells it from all others. What names one all the same must name the right one.
 */
export const isAbout = ({ text, keyStart, keyEnd }: MetaReply, wireKey: string): boolean =>
  keyEnd === keyStart || (keyEnd - keyStart === wireKey.length && text.startsWith(wireKey, keyStart));

/** The bytes of its value, of their own. */
export const valueBytes = ({ asciiValue, valueBytes: bytes, ownsBytes }: MetaReply): Buffer =>
  asciiValue === undefined ? (ownsBytes ? bytes : Buffer.from(bytes)) : Buffer.from(asciiValue, 'latin1');

/** Its value, one character per byte. */
export const valueText = ({ asciiValue, valueBytes: bytes }: MetaReply): string =>
  asciiValue ?? bytes.toString('latin1');

/** Reserved by a lease, but not stored yet. */
export const isPlaceholder = (reply: MetaReply): boolean => reply.valueSize === 0 && (reply.won || reply.sent);
