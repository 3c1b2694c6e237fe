import type { ForeignKey } from '../rows/foreign-keys.js';
import type { EntityClass } from '../metadata/recorder.js';
import { isA, type Dependency } from './dependencies.js';

/** Foreign keys over which a deleted row leads to rows that documents show and no path of theirs watches. */
export function cascadesOf(keys: readonly ForeignKey[], dependencies: readonly Dependency[]): ForeignKey[] {
  const found = new Set(keys.filter((key) => changesDocuments(key, dependencies)));
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const key of keys)
      if (key.onDelete === 'delete' && [...found].some(({ target }) => isRelated(target, key.entity))) found.add(key);
  }
  return [...found];
}

/** Those that lead to rows of this entity. */
export function cascadesTo(entity: EntityClass, cascades: readonly ForeignKey[]): ForeignKey[] {
  return cascades.filter(({ target }) => isRelated(target, entity));
}

/** Dependencies that show a foreign key, where none shows the row that it leads to: those were looked up before it went. */
export function showing({ entity, path }: ForeignKey, dependencies: readonly Dependency[]): Dependency[] {
  return dependencies.filter(
    (one) =>
      isA(entity, one.entity) &&
      (one.pivot !== undefined ||
        ((one.watched === 'all' || one.watched.has(path[0]!)) &&
          !dependencies.some(
            (other) => other.definition === one.definition && leadsOver(other, [...one.path, ...path]),
          ))),
  );
}

function changesDocuments(key: ForeignKey, dependencies: readonly Dependency[]): boolean {
  if (key.onDelete === 'empty') return showing(key, dependencies).length > 0;
  return dependencies.some(({ entity }) => isA(key.entity, entity));
}

function leadsOver({ path }: Dependency, steps: readonly string[]): boolean {
  return path.length === steps.length && path.every((step, at) => step === steps[at]);
}

/** A row may be recorded as of a base class. */
function isRelated(one: EntityClass, other: EntityClass): boolean {
  return isA(one, other) || isA(other, one);
}
