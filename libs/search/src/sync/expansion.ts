import type { IndexDefinition } from '../mapping/index-definition.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { groupTouches, type Touch } from '../capture/touch.js';

export type KeyReader = Pick<EntityReader, 'keysReaching'>;

/** Documents of one page, and changed rows of one look-up. */
const PAGE_SIZE = 500;

/** Turns touches into keys of documents, in pages: those named directly first, then those that reach a changed row. */
export async function* expand(
  touches: Iterable<Touch>,
  { model }: IndexDefinition,
  reader: KeyReader,
): AsyncGenerator<readonly PrimaryKey[]> {
  const byPath = groupTouches(touches, ({ path }) => path.join('.'));
  for (const [path, group] of [...byPath].sort(([a], [b]) => a.length - b.length)) {
    for (const keys of pages(group.map(({ key }) => key))) {
      if (path === '') yield keys;
      else yield* reader.keysReaching(model, path.split('.'), keys, PAGE_SIZE);
    }
  }
}

function* pages(keys: readonly PrimaryKey[]): Generator<readonly PrimaryKey[]> {
  for (let at = 0; at < keys.length; at += PAGE_SIZE) yield keys.slice(at, at + PAGE_SIZE);
}
