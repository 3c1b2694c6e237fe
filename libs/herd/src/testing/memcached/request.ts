import { badFormat, maxDataBytes, maxKeyBytes } from './limits.js';
import { hasLongKey, hasTooManyFlags, longOpaque, metaFlags, opaqueTooLong } from './meta-flags.js';
import type { MetaFlags } from './meta-flags.js';
import { int32, number32 } from './numbers.js';

/** The storage commands, which carry a block of data after their line. */
export type StoreVerb = 'set' | 'add' | 'replace' | 'append' | 'prepend' | 'cas';

/** A storage command's line. `exptime` is as sent: relative, absolute or negative seconds; `cas` 0n stands for any version. */
export type StoreHeader = Readonly<{
  verb: StoreVerb;
  key: string;
  flags: number;
  exptime: number;
  bytes: number;
  cas: bigint;
  noreply: boolean;
  /** What `ms` was sent with. */
  meta?: MetaFlags;
}>;

/** A storage command that is refused by its line: `skip` bytes of data follow, where the line has announced them. */
export type Refusal = Readonly<{ reply: string; skip?: number }>;

/**
 * One request as it came off the wire; keys are latin1 strings, so that each character is one byte. `unlink` is the key
 * whose old value goes although the new one is refused.
 */
export type Request =
  | Readonly<{ kind: 'command'; words: readonly string[]; noreply: boolean }>
  | Readonly<{ kind: 'store'; header: StoreHeader; data: Buffer }>
  | Readonly<{ kind: 'refused'; reply: string; noreply: boolean; unlink?: string }>
  | Readonly<{ kind: 'hangUp' }>;

const storeVerbs = new Set(['set', 'add', 'replace', 'append', 'prepend', 'cas']);

export const isStoreVerb = (word: string | undefined): word is StoreVerb => word !== undefined && storeVerbs.has(word);

/** Reads the line of `set` and its kin. */
export function storeHeader(verb: StoreVerb, words: readonly string[]): StoreHeader | Refusal {
  const arity = verb === 'cas' ? 6 : 5;
  if (words.length < arity || words.length > arity + 1) return { reply: 'ERROR' };
  const [, key, flags, exptime, bytes, cas] = words as [string, string, string, string, string, string?];
  const unsigned = (word: string): boolean => /^\+?\d{1,20}$/.test(word);
  if (key.length > maxKeyBytes || !unsigned(flags) || int32(exptime) === undefined || !unsigned(bytes))
    return { reply: badFormat };
  if (Number(bytes) > maxDataBytes || (verb === 'cas' && !unsigned(cas ?? ''))) return { reply: badFormat };
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

const modes: Readonly<Record<string, StoreVerb>> = {
  '': 'set',
  S: 'set',
  E: 'add',
  A: 'append',
  P: 'prepend',
  R: 'replace',
};

/** Reads the line of `ms`. */
export function metaStoreHeader(words: readonly string[]): StoreHeader | Refusal {
  if (words.length < 2) return { reply: 'ERROR' };
  if (hasLongKey(words) || words.length === 2) return { reply: badFormat };
  if (hasTooManyFlags(words)) return { reply: 'CLIENT_ERROR options flags too long' };
  const bytes = int32(words[2]!);
  if (bytes === undefined || bytes < 0 || bytes > maxDataBytes) return { reply: badFormat };
  const meta = metaFlags(words[1]!, words.slice(3));
  const refuse = (reply: string): Refusal => ({ reply, skip: bytes });
  if (typeof meta === 'string') return refuse(meta);
  const mode = modes[meta.mode];
  if (!mode) return refuse('CLIENT_ERROR invalid mode for ms M token');
  if (meta.tokens.some((token) => token.startsWith('O') && longOpaque(token))) return refuse(opaqueTooLong);
  const verb = meta.cas !== undefined && (mode === 'set' || mode === 'replace') ? 'cas' : mode;
  return {
    verb,
    key: meta.key,
    flags: meta.clientFlags,
    exptime: meta.seconds.T,
    bytes,
    cas: meta.cas ?? 0n,
    noreply: false,
    meta,
  };
}
