import { HerdRequestError } from '../../errors/operation-errors.js';
import { checkHalves } from '../../support/key-text.js';

/** @throws HerdRequestError for what is no text, an empty one, and one with half a surrogate pair. */
export function checked(key: string): string {
  if (typeof key === 'string' && key !== '') {
    checkHalves(key);
    return key;
  }
  throw new HerdRequestError({
    what: 'A Redis key must be a text that is not empty',
    received: key,
    remedy: 'pass a string',
  });
}

/** `keys` in parts of `size`. */
export const chunks = (keys: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(keys.length / size) }, (_, i) => keys.slice(i * size, (i + 1) * size));
