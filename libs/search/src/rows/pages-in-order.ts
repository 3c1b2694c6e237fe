import { keyOf, type DocumentKey } from '../document/document-builder.js';
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
    const last = page.entities.at(-1);
    if (!last) return;
    const lastKey = keyOf(model, last);
    [key, full] = [lastKey, page.entities.length === size];
    yield { ...page, lastKey };
  }
}
