import { keyText } from '../document/document-id.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { isFaultOfRow } from '../rows/row-fault.js';
import { groupTouches, type Touch } from '../capture/touch.js';

export type KeyReader = Pick<EntityReader, 'keysReaching' | 'knowsPath'>;

/** Changed rows whose documents cannot be looked for, and why. */
export type Unreachable = (touches: readonly Touch[], reason: string) => void;

/** Documents of one page, and changed rows of one look-up. */
const PAGE_SIZE = 500;

/**
 * Turns touches into keys of documents, in pages: those named directly first, then those that reach a changed row. What
 * several changes or several paths lead to comes once in a page. A touch of a path that the model has not, or of a key
 * that the database refuses, is set aside.
 */
export async function* expand(
  touches: Iterable<Touch>,
  { model }: IndexDefinition,
  reader: KeyReader,
  unreachable: Unreachable,
): AsyncGenerator<readonly PrimaryKey[]> {
  let page = new Map<string, PrimaryKey>();
  for await (const keys of keysOf(touches, model, reader, unreachable))
    for (const key of keys) {
      page.set(keyText(key), key);
      if (page.size < PAGE_SIZE) continue;
      yield [...page.values()];
      page = new Map();
    }
  if (page.size > 0) yield [...page.values()];
}

/** Of one path after the other. */
async function* keysOf(
  touches: Iterable<Touch>,
  model: IndexModel,
  reader: KeyReader,
  unreachable: Unreachable,
): AsyncGenerator<readonly PrimaryKey[]> {
  const byPath = groupTouches(touches, ({ path }) => path.join('.'));
  for (const [text, group] of [...byPath].sort(([a], [b]) => a.length - b.length)) {
    const { path } = group[0]!;
    if (path.length > 0 && !reader.knowsPath(model, path)) {
      unreachable(group, `${model.entity.name} has no relation \`${text}\` in this release`);
      continue;
    }
    for (const page of pages(group)) {
      if (path.length === 0) yield page.map(({ key }) => key);
      else yield* reaching(model, page, reader, unreachable);
    }
  }
}

/** In halves where the database refuses to look for some key. */
async function* reaching(
  model: IndexModel,
  touches: readonly Touch[],
  reader: KeyReader,
  unreachable: Unreachable,
): AsyncGenerator<readonly PrimaryKey[]> {
  const { path } = touches[0]!;
  try {
    yield* reader.keysReaching(
      model,
      path,
      touches.map(({ key }) => key),
      PAGE_SIZE,
    );
  } catch (error) {
    if (!(await isFaultOfRow(error, () => reader.keysReaching(model, path, [], 1).next()))) throw error;
    if (touches.length === 1) {
      const message = error instanceof Error ? error.message : String(error);
      return unreachable(touches, `documents that hold it cannot be looked for: ${message}`);
    }
    const middle = Math.ceil(touches.length / 2);
    yield* reaching(model, touches.slice(0, middle), reader, unreachable);
    yield* reaching(model, touches.slice(middle), reader, unreachable);
  }
}

function* pages(touches: readonly Touch[]): Generator<readonly Touch[]> {
  for (let at = 0; at < touches.length; at += PAGE_SIZE) yield touches.slice(at, at + PAGE_SIZE);
}
