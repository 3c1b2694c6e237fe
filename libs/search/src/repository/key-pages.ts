import { assertKey, keyOfEntity } from '../document/document-key.js';
import { SearchOptionError } from '../errors/option-error.js';
import { keyText } from '../document/document-id.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { DocumentKey } from '../metadata/key-parts.js';

/**
 * The key of an entity, or a key itself.
 *
 * @param call `delete`, as the message names it
 * @throws SearchOptionError for what is neither, and for an entity that was not flushed
 */
export function keyOfGiven(call: string, model: Pick<IndexModel, 'identity' | 'entity'>, given: unknown): DocumentKey {
  if (typeof given === 'object' && !Array.isArray(given)) return keyOfEntity(call, model, given);
  assertKey(call, model, given);
  return given;
}

/** Keys in pages, none twice in a page. No more is read from `source` than the page that is requested. */
export async function* keyPages(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  size: number,
  keyOf: (given: unknown) => DocumentKey,
): AsyncGenerator<readonly DocumentKey[], void, undefined> {
  let page = new Map<string, DocumentKey>();
  for await (const given of source) {
    const key = keyOf(given);
    page.set(keyText(key), key);
    if (page.size < size) continue;
    yield [...page.values()];
    page = new Map();
  }
  if (page.size > 0) yield [...page.values()];
}

/** @throws SearchOptionError for what keys cannot be read from: a string gives letters. */
export function assertIterable(call: string, source: unknown): void {
  if (typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source))
    return;
  throw new SearchOptionError([
    {
      option: call,
      requirement: 'needs keys or entities that can be iterated over: a list, or a generator',
      received: source,
    },
  ]);
}
