import { createHash } from 'node:crypto';

/** memcached's limit, which suits other servers too. */
const maxBytes = 250;

/** Parts in one key; one that a server would refuse, for its length or its characters, is replaced by its hash. */
export function cacheKey(...parts: readonly string[]): string {
  const key = parts.join(':');
  const plain = Buffer.byteLength(key) <= maxBytes && !/[\0-\x20\x7f]/.test(key) && key !== '';
  return plain ? key : `sha256:${createHash('sha256').update(parts.join('\0')).digest('base64url')}`;
}
