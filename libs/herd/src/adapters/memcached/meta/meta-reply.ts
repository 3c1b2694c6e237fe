/** The first two letters of a reply, or `line` for what is none of the meta protocol: an error, a version, a statistic. */
export type MetaCode = 'VA' | 'HD' | 'EN' | 'NS' | 'EX' | 'NF' | 'MN' | 'line';

/** One reply, good only until the next one is read. `epoch` is that of the connection that it came by. */
export type MetaReply = {
  readonly epoch: number;
  code: MetaCode;
  /** What was read together with it, one character per byte. */
  text: string;
  /** Whether `text` has bytes below 128 alone, so that it is its own UTF-8. */
  isAscii: boolean;
  keyStart: number;
  keyEnd: number;
  /** Whether its key is the one that was expected. */
  isExpected: boolean;
  valueStart: number;
  valueEnd: number;
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
  isAscii: true,
  keyStart: 0,
  keyEnd: 0,
  isExpected: false,
  valueStart: 0,
  valueEnd: 0,
  opaque: 0,
  flags: 0,
  cas: undefined,
  ttl: -1,
  won: false,
  sent: false,
  stale: false,
  line: '',
});

/** Whether the reply is about `wireKey`, a text of one character per byte. */
export const isAbout = ({ text, keyStart, keyEnd }: MetaReply, wireKey: string): boolean =>
  keyEnd - keyStart === wireKey.length && text.startsWith(wireKey, keyStart);

/** The bytes of its value, of their own. */
export const valueBytes = ({ text, valueStart, valueEnd }: MetaReply): Buffer =>
  Buffer.from(text.slice(valueStart, valueEnd), 'latin1');

/** Reserved by a lease, but not stored yet. */
export const isPlaceholder = (reply: MetaReply): boolean =>
  reply.valueStart === reply.valueEnd && (reply.won || reply.sent);
