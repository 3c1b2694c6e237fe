import { decodedKey } from './base64-key.js';
import { badFormat, maxKeyBytes } from './limits.js';
import { counter, int32, number32 } from './numbers.js';

/** A meta command's key and flags. `tokens` are the flags as sent, in whose order they are carried out and answered. */
export type MetaFlags = Readonly<{
  key: string;
  binaryKey: boolean;
  tokens: readonly string[];
  has: (flag: string) => boolean;
  quiet: boolean;
  /** Seconds, as sent: of `T`, `N` and `R`. */
  seconds: Readonly<Record<'T' | 'N' | 'R', number>>;
  clientFlags: number;
  cas: bigint | undefined;
  mode: string;
  initial: bigint;
  delta: bigint;
}>;

const known = /^[bNTRlOPLkstcfvhuqFCMJDI]/;
const badToken = 'CLIENT_ERROR bad token in command line format';
const maxTokens = 19;
const maxOpaque = 32;

/** What has been read so far; `refusal` is the line with which memcached refuses the command. */
type Draft = {
  key: string;
  clientFlags: number;
  mode: string;
  initial: bigint;
  delta: bigint;
  cas: bigint | undefined;
  readonly seconds: { T: number; N: number; R: number };
  refusal: string | undefined;
};

/** @returns `instead`, and refuses the command with `line`. */
function refuse<Value>(draft: Draft, line: string, instead: Value): Value {
  draft.refusal = line;
  return instead;
}

const secondsOf =
  (flag: 'T' | 'N' | 'R') =>
  (draft: Draft, rest: string): void =>
    void (draft.seconds[flag] = int32(rest) ?? refuse(draft, badToken, 0));

const numberOf =
  (name: 'cas' | 'initial' | 'delta', refusal: string) =>
  (draft: Draft, rest: string): void =>
    void (draft[name] = counter(rest) ?? refuse(draft, refusal, 0n));

/** Those flags that carry something; the others are but seen. */
const readers: Readonly<Record<string, (draft: Draft, rest: string) => void>> = {
  b: (draft) => void (draft.key = decodedKey(draft.key) ?? refuse(draft, 'CLIENT_ERROR error decoding key', '')),
  T: secondsOf('T'),
  N: secondsOf('N'),
  R: secondsOf('R'),
  F: (draft, rest) => {
    const valid = /^\+?\d{1,20}$/.test(rest);
    draft.clientFlags = valid ? number32(rest) >>> 0 : refuse(draft, draft.refusal ?? badFormat, 0);
  },
  C: numberOf('cas', badToken),
  J: numberOf('initial', 'CLIENT_ERROR invalid numeric initial value'),
  D: numberOf('delta', 'CLIENT_ERROR invalid numeric delta value'),
  M: (draft, rest) => {
    if (rest.length === 1) draft.mode = rest;
    else refuse(draft, 'CLIENT_ERROR incorrect length for M token', undefined);
  },
};

/** @returns the flags, or the line with which memcached refuses them. */
export function metaFlags(word: string, tokens: readonly string[]): MetaFlags | string {
  const seen = new Set<string>();
  const seconds = { T: 0, N: 0, R: 0 };
  const draft: Draft = {
    key: word,
    clientFlags: 0,
    mode: '',
    initial: 0n,
    delta: 1n,
    cas: undefined,
    seconds,
    refusal: undefined,
  };
  for (const token of tokens) {
    const flag = token[0]!;
    if (flag >= '\x7f' || seen.has(flag)) return 'CLIENT_ERROR duplicate flag';
    if (!known.test(flag)) return 'CLIENT_ERROR invalid flag';
    seen.add(flag);
    readers[flag]?.(draft, token.slice(1));
  }
  const { refusal, ...read } = draft;
  if (refusal !== undefined) return refusal;
  return { ...read, binaryKey: seen.has('b'), tokens, has: (flag) => seen.has(flag), quiet: seen.has('q') };
}

export const hasLongKey = (words: readonly string[]): boolean => words[1]!.length > maxKeyBytes;
export const hasTooManyFlags = (words: readonly string[]): boolean => words.length > maxTokens;

/** The opaque token is echoed; a longer one is refused. */
export const longOpaque = (token: string): boolean => token.length > maxOpaque;
export const opaqueTooLong = 'CLIENT_ERROR opaque token too long';
