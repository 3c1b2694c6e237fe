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

/** @returns the flags, or the line with which memcached refuses them. */
export function metaFlags(word: string, tokens: readonly string[]): MetaFlags | string {
  const seen = new Set<string>();
  let refused = false;
  let message = badFormat;
  const refuse = (text: string): void => void ([refused, message] = [true, text]);
  const seconds = { T: 0, N: 0, R: 0 };
  let [key, clientFlags, mode, initial, delta] = [word, 0, '', 0n, 1n];
  let cas: bigint | undefined;
  const number = (text: string, otherwise: string): bigint => counter(text) ?? (refuse(otherwise), 0n);
  for (const token of tokens) {
    const flag = token[0]!;
    const rest = token.slice(1);
    if (flag >= '\x7f' || seen.has(flag)) return 'CLIENT_ERROR duplicate flag';
    if (!known.test(flag)) return 'CLIENT_ERROR invalid flag';
    seen.add(flag);
    if (flag === 'b') key = decodedKey(word) ?? (refuse('CLIENT_ERROR error decoding key'), '');
    else if (flag === 'T' || flag === 'N' || flag === 'R') seconds[flag] = int32(rest) ?? (refuse(badToken), 0);
    else if (flag === 'F') clientFlags = /^\+?\d{1,20}$/.test(rest) ? number32(rest) >>> 0 : (refuse(message), 0);
    else if (flag === 'C') cas = number(rest, badToken);
    else if (flag === 'J') initial = number(rest, 'CLIENT_ERROR invalid numeric initial value');
    else if (flag === 'D') delta = number(rest, 'CLIENT_ERROR invalid numeric delta value');
    else if (flag === 'M' && token.length === 2) mode = rest;
    else if (flag === 'M') refuse('CLIENT_ERROR incorrect length for M token');
  }
  if (refused) return message;
  return {
    key,
    binaryKey: seen.has('b'),
    tokens,
    has: (flag) => seen.has(flag),
    quiet: seen.has('q'),
    seconds,
    clientFlags,
    cas,
    mode,
    initial,
    delta,
  };
}

export const hasLongKey = (words: readonly string[]): boolean => words[1]!.length > maxKeyBytes;
export const hasTooManyFlags = (words: readonly string[]): boolean => words.length > maxTokens;

/** The opaque token is echoed; a longer one is refused. */
export const longOpaque = (token: string): boolean => token.length > maxOpaque;
export const opaqueTooLong = 'CLIENT_ERROR opaque token too long';
