import { HerdRequestError } from '../../../errors/operation-errors.js';
import { checkHalves } from '../../../support/key-text.js';
import { maxKeyBytes } from '../key.js';

/** A key as it goes on the wire, each character one byte. `mark` is the flag that follows it: `b` for one in base64. */
export type MetaKey = Readonly<{ wire: string; mark: '' | ' b' }>;

const plain = (wire: string): MetaKey => ({ wire, mark: '' });

const unprintable = /[^!-~]/;

/** Bytes that four characters of base64 carry three of. */
const maxBinaryBytes = Math.floor(maxKeyBytes / 4) * 3;

/**
 * A key with spaces or control characters goes in base64.
 *
 * @throws {@link HerdRequestError} for an empty one, one that is too long, and one with half a surrogate pair.
 */
export function metaKey(key: string): MetaKey {
  if (typeof key === 'string' && key.length > 0 && key.length <= maxKeyBytes && !unprintable.test(key))
    return plain(key);
  if (typeof key !== 'string' || key === '')
    throw new HerdRequestError({
      what: 'A memcached key must be a text that is not empty',
      received: key,
      remedy: 'pass a string',
    });
  checkHalves(key);
  const bytes = Buffer.from(key, 'utf8');
  const isPlain = !/[\0-\x20\x7f]/.test(key);
  if (isPlain && bytes.length <= maxKeyBytes) return plain(bytes.toString('latin1'));
  if (!isPlain && bytes.length <= maxBinaryBytes) return { wire: bytes.toString('base64'), mark: ' b' };
  throw new HerdRequestError({
    what: isPlain
      ? `A memcached key has at most ${maxKeyBytes} bytes, this one ${bytes.length}`
      : `A memcached key with spaces or control characters has at most ${maxBinaryBytes} bytes, this one ${bytes.length}`,
    received: key,
    remedy: 'hash the long part',
  });
}
