import { createHash } from 'node:crypto';

import { hasHalves } from '../support/key-text.js';

/** memcached's limit, which suits other servers too. */
const maxBytes = 250;

/** Parts in one key; one that a server would refuse, for its length or its characters, is replaced by its hash. */
export function cacheKey(...parts: readonly string[]): string {
  const key = parts.join(':');
  const plain = Buffer.byteLength(key) <= maxBytes && !/[\0-\x20\x7f]/.test(key) && key !== '' && !hasHalves(key);
  return plain ? key : hashed(parts.join('\0'));
}

/** A key of its own beside that of `parts`: the right to make its value anew. No key of a value begins like it. */
export const leaseKey = (...parts: readonly string[]): string => `lease-${hashed(parts.join('\0'))}`;

const hashed = (text: string): string =>
  hasHalves(text)
    ? `sha256-16:${createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('base64url')}`
    : `sha256:${createHash('sha256').update(text).digest('base64url')}`;
