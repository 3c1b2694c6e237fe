import { number32 } from './numbers.js';

/** The storage commands, which carry a block of data after their line. */
export type StoreVerb = 'set' | 'add' | 'replace' | 'append' | 'prepend' | 'cas';

/** A storage command's line. `exptime` is as sent: relative, absolute or negative seconds. */
export type StoreHeader = Readonly<{
  verb: StoreVerb;
  key: string;
  flags: number;
  exptime: number;
  bytes: number;
  cas: bigint;
  noreply: boolean;
}>;

/**
 * One request as it came off the wire; keys are latin1 strings, so that each character is one byte. `unlink` is the key
 * whose old value goes although the new one is refused.
 */
export type Request =
  | Readonly<{ kind: 'command'; words: readonly string[]; noreply: boolean }>
  | Readonly<{ kind: 'store'; header: StoreHeader; data: Buffer }>
  | Readonly<{ kind: 'refused'; reply: string; noreply: boolean; unlink?: string }>
  | Readonly<{ kind: 'hangUp' }>;

export const maxKeyBytes = 250;
export const badFormat = 'CLIENT_ERROR bad command line format';

const storeVerbs = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas']);

export const isStoreVerb = (word: string | undefined): word is StoreVerb => word !== undefined && storeVerbs.has(word);

/** @returns the header, or the line with which memcached refuses it. */
export function storeHeader(verb: StoreVerb, words: readonly string[]): StoreHeader | string {
  const arity = verb === 'cas' ? 6 : 5;
  if (words.length < arity || words.length > arity + 1) return 'ERROR';
  const [, key, flags, exptime, bytes, cas] = words as [string, string, string, string, string, string?];
  const unsigned = (word: string): boolean => /^\+?\d{1,20}$/.test(word);
  if (key.length > maxKeyBytes || !unsigned(flags) || !/^[+-]?\d{1,19}$/.test(exptime) || !unsigned(bytes)) return badFormat;
  if (Number(bytes) > 0x7fff_ffff - 2 || (verb === 'cas' && !unsigned(cas ?? ''))) return badFormat;
  return {
    verb,
    key,
    flags: number32(flags) >>> 0,
    exptime: number32(exptime),
    bytes: Number(bytes),
    cas: verb === 'cas' ? BigInt((cas ?? '0').replace('+', '')) : 0n,
    noreply: words.at(-1) === 'noreply',
  };
}
