import { HerdRequestError } from '../errors/operation-errors.js';

/** Half of a surrogate pair has no UTF-8 form of its own: all such halves would be one. */
export const hasHalves = (text: string): boolean => /[\ud800-\udfff]/u.test(text);

/** @throws HerdRequestError for a key that others would share once it is written in UTF-8. */
export function checkHalves(key: string): void {
  if (hasHalves(key))
    throw new HerdRequestError({
      what: 'A key must not hold half of a surrogate pair, which UTF-8 has no form for',
      received: key,
      remedy: 'cut texts between characters, or encode the key, for example with encodeURIComponent',
    });
}

/** @throws HerdRequestError for what is no text. */
export function checkText(key: unknown): void {
  if (typeof key !== 'string')
    throw new HerdRequestError({ what: 'A key must be a text', received: key, remedy: 'pass a string' });
}
