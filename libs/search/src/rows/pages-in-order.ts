import { keyOf, type DocumentKey } from '../document/document-builder.js';
import { isKey } from '../document/document-key.js';
import type { IndexModel } from '../metadata/index-model.js';

/**
 * All rows of a model in key order, page by page.
 *
 * @param read at most `size` rows after a key, with what belongs to them
 * @param after where to begin; with the first row when absent
 */
export async function* pagesInOrder<Page extends { readonly entities: readonly object[] }>(
  model: Pick<IndexModel, 'identity'>,
  size: number,
  read: (after: DocumentKey | undefined) => Promise<Page>,
  after?: DocumentKey,
): AsyncGenerator<Page & { readonly lastKey: DocumentKey }, void, undefined> {
  for (let [key, full] = [after, true]; full;) {
    const page = await read(key);
    if (page.entities.length === 0) return;
    const lastKey = lastKeyOf(model, page.entities);
    if (lastKey === undefined) return;
    [key, full] = [lastKey, page.entities.length === size];
    yield { ...page, lastKey };
  }
}

/** Of the last row that has one: no order goes on after a key without a value. */
function lastKeyOf(model: Pick<IndexModel, 'identity'>, entities: readonly object[]): DocumentKey | undefined {
  for (let at = entities.length - 1; at >= 0; at -= 1) {
    const key = keyOf(model, entities[at]!);
    if (isKey(model, key)) return key;
  }
  return undefined;
}
