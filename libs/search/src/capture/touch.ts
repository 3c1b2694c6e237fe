import { keyText } from '../document/document-id.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { PrimaryKey } from '../rows/entity-reader.js';

/**
 * Documents that a change may have made outdated: those of `definition` whose entity reaches the key over the
 * relations of `path`. An empty path is the document of that key itself; the primary key as a path is that of a row whose
 * document has another key. Too many touches cost work, never truth.
 */
export interface Touch {
  readonly definition: IndexDefinition;
  readonly path: readonly string[];
  readonly key: PrimaryKey;
}

/** A set of touches. */
export class TouchSet implements Iterable<Touch> {
  private readonly touches = new Map<string, Touch>();

  constructor(touches: Iterable<Touch> = []) {
    this.addAll(touches);
  }

  get size(): number {
    return this.touches.size;
  }

  addAll(touches: Iterable<Touch>): void {
    for (const touch of touches)
      this.touches.set(`${touch.definition.alias}|${touch.path.join('.')}|${keyText(touch.key)}`, touch);
  }

  clear(): void {
    this.touches.clear();
  }

  [Symbol.iterator](): Iterator<Touch> {
    return this.touches.values();
  }
}

export function groupTouches<K>(touches: Iterable<Touch>, by: (touch: Touch) => K): Map<K, Touch[]> {
  const groups = new Map<K, Touch[]>();
  for (const touch of touches) {
    const key = by(touch);
    const group = groups.get(key);
    if (group) group.push(touch);
    else groups.set(key, [touch]);
  }
  return groups;
}
