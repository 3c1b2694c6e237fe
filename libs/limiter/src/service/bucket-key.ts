import { hash } from 'node:crypto';
import type { BucketRequest } from '../contracts/limiter-storage.js';
import { TwoGenerationMap } from '../support/two-generation-map.js';

const HASH_LENGTH = 22;
/** A plain key may be so long; longer ones are hashed, so that a caller cannot fill the memory with them. */
const MAX_PLAIN_LENGTH = 128;
const MAX_REMEMBERED_LENGTH = 256;
const REMEMBERED_KEYS = 10_000;

/** What a storage calls a bucket. */
export type BucketName = Pick<BucketRequest, 'key' | 'scope'>;

/** Names the bucket of who is limited. Two never share one. */
export interface BucketKeys {
  (key: string): BucketName;
  /** Of those that name a bucket by the key itself, where it is an {@link isPlainKey}. */
  readonly scope?: string;
}

export function isPlainKey(key: string): boolean {
  return key.length <= MAX_PLAIN_LENGTH;
}

/**
 * `prefix:policy:hash`: any length and any character is safe in every storage, and no address or user id lies in one. 132 bits
 * of SHA-256 remain, so two keys never collide by chance. The hash of a key that comes again is remembered for a while.
 */
export function hashedKeys(prefix: string, policy: string): BucketKeys {
  const known = new TwoGenerationMap<string, BucketName>(REMEMBERED_KEYS);
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = { key: joined(prefix, policy, hashOf(key)) };
    if (key.length <= MAX_REMEMBERED_LENGTH) known.set(key, made);
    return made;
  };
}

/** The key itself, in a scope of its own, for a storage that keeps keys to itself; where the key is long, {@link hashedKeys}. */
export function plainKeys(prefix: string, policy: string): BucketKeys {
  const scope = joined(prefix, policy, '=');
  const name = (key: string): BucketName =>
    isPlainKey(key) ? { scope, key } : { key: joined(prefix, policy, hashOf(key)) };
  return Object.assign(name, { scope });
}

function hashOf(key: string): string {
  // UTF-8 would turn every lone surrogate into the same character.
  const bytes = /\p{Surrogate}/u.test(key) ? Buffer.from(key, 'utf16le') : key;
  return hash('sha256', bytes, 'base64url').slice(0, HASH_LENGTH);
}

/** One flat string: a template would keep its parts, and twice the memory, and would be slow to look up. */
function joined(...parts: readonly string[]): string {
  return parts.join(':');
}
