import { hash } from 'node:crypto';

const HASH_LENGTH = 22;

/**
 * `prefix:policy:hash`. Keys are always hashed: any length and any character is safe in every storage, and no address or
 * user id lies in one. 132 bits of SHA-256 remain, so two keys never meet by chance.
 */
export function bucketKey(prefix: string, policy: string, key: string): string {
  // UTF-8 would turn every lone surrogate into the same character.
  const bytes = /\p{Surrogate}/u.test(key) ? Buffer.from(key, 'utf16le') : key;
  // `join` makes one flat string: a template would keep its parts, and twice the memory, for as long as the bucket lives.
  return [prefix, policy, hash('sha256', bytes, 'base64url').slice(0, HASH_LENGTH)].join(':');
}
