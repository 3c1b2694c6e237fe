import { HerdRequestError } from '../../errors/operation-errors.js';
import { checkHalves } from '../../support/key-text.js';

export const maxKeyBytes = 250;

/**
 * A key as it goes on the wire, each character one byte.
 *
 * @throws {@link HerdRequestError} unless it has 1 to 250 bytes in UTF-8, and neither spaces nor control characters nor half a
 * surrogate pair.
 */
export function wireKey(key: string): string {
  if (typeof key !== 'string')
    throw new HerdRequestError({ what: 'A memcached key must be a string', received: key, remedy: 'pass a string' });
  if (key === '' || /[\0-\x20\x7f]/.test(key)) {
    throw new HerdRequestError({
      what: 'A memcached key must not be empty, nor hold spaces or control characters',
      received: key,
      remedy: 'encode it, for example with encodeURIComponent',
    });
  }
  checkHalves(key);
  const wire = Buffer.from(key, 'utf8').toString('latin1');
  if (wire.length <= maxKeyBytes) return wire;
  throw new HerdRequestError({
    what: `A memcached key has at most ${maxKeyBytes} bytes, this one ${wire.length}`,
    received: key,
    remedy: 'hash the long part',
  });
}
