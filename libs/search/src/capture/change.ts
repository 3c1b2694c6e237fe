import type { PrimaryKey } from '../rows/entity-reader.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { EntityClass } from '../metadata/recorder.js';
import { isA, rootPath, type Dependency } from './dependencies.js';
import type { Touch } from './touch.js';

/** A changed row, as far as documents care. */
export interface Change {
  readonly type: 'create' | 'update' | 'delete';
  readonly entity: EntityClass;
  readonly key: PrimaryKey;
  /** The key that it had before, where that is another one. */
  readonly formerKey?: PrimaryKey | undefined;
  /** Changed properties; those of an embeddable count as its own property. Every one when `undefined`. */
  readonly properties: readonly string[] | undefined;
  /** Key that a to-one relation led to before. */
  readonly before: (property: string) => PrimaryKey | undefined;
}

/** A changed collection of a many-to-many relation: its owner, and what left it. */
export interface CollectionChange {
  readonly owner: EntityClass;
  readonly ownerKey: PrimaryKey;
  readonly property: string;
  /** Set on the inverse side: the property at the other. */
  readonly mappedBy: string | undefined;
  readonly removed: readonly PrimaryKey[];
}

/** Which documents a change touches. Pure: the touches name paths, and whoever publishes looks up who is there. */
export function touchesOf(change: Change, dependencies: readonly Dependency[]): Touch[] {
  return dependencies
    .filter(({ entity }) => isA(change.entity, entity))
    .flatMap((dependency) =>
      change.formerKey === undefined
        ? touchesAt(dependency, change)
        : [touchAt(dependency, change.key), touchAt(dependency, change.formerKey), ...touchesAt(dependency, change)],
    );
}

function touchesAt(dependency: Dependency, change: Change): Touch[] {
  const { via } = dependency;
  const here = touchAt(dependency, change.key);
  if (!via) return change.type !== 'update' || shows(dependency, change) ? [here] : [];
  // A new row is reached by its own foreign key, or by one whose change touches for itself. Who reached a deleted row
  // was looked up before it went.
  if (change.type !== 'update') return change.type === 'create' && via.side === 'inverse' ? [here] : [];
  const foreignKey = via.side === 'inverse' ? via.mappedBy : undefined;
  if (foreignKey === undefined || !change.properties?.includes(foreignKey))
    return shows(dependency, change) ? [here] : [];
  const formerOwner = change.before(foreignKey);
  return formerOwner !== undefined ? [here, touchUp(dependency, formerOwner)] : [here];
}

/** Which documents a changed collection touches, seen from either side of its relation. */
export function touchesOfCollection(change: CollectionChange, dependencies: readonly Dependency[]): Touch[] {
  return dependencies.flatMap((dependency) => {
    const { via, entity } = dependency;
    if (!via) return [];
    if (via.property === change.property && isA(change.owner, via.owner)) return [touchUp(dependency, change.ownerKey)];
    const otherSide = via.mappedBy === change.property || change.mappedBy === via.property;
    if (!otherSide || !isA(change.owner, entity)) return [];
    return [touchAt(dependency, change.ownerKey), ...change.removed.map((key) => touchUp(dependency, key))];
  });
}

/** Dependencies whose documents are looked up before the rows of `entity` are deleted. */
export function lostWithRow(entity: EntityClass, dependencies: readonly Dependency[]): Dependency[] {
  return dependencies.filter(
    (dependency) => (dependency.via ?? hasOwnKey(dependency)) && isA(entity, dependency.entity),
  );
}

/** Dependencies whose documents are looked up before these properties change: what has the old id goes. */
export function renamedWithRow(
  entity: EntityClass,
  changed: object,
  dependencies: readonly Dependency[],
): Dependency[] {
  return dependencies.filter(
    (dependency) =>
      !dependency.via &&
      hasOwnKey(dependency) &&
      keyProperties(dependency.definition).some((property) => property in changed) &&
      isA(entity, dependency.entity),
  );
}

function keyProperties({ model }: IndexDefinition): string[] {
  return model.identity.parts.map(({ path }) => path[0]!);
}

/** Whether documents have another key than the primary key. */
function hasOwnKey({ definition }: Dependency): boolean {
  return rootPath(definition).length > 0;
}

/** A change of the row with this primary key. */
export function touchAt({ definition, path }: Pick<Dependency, 'definition' | 'path'>, key: PrimaryKey): Touch {
  return { definition, path: path.length > 0 ? path : rootPath(definition), key };
}

function touchUp({ definition, path }: Dependency, key: PrimaryKey): Touch {
  return touchAt({ definition, path: path.slice(0, -1) }, key);
}

function shows({ watched }: Dependency, change: Change): boolean {
  return (
    watched === 'all' || change.properties === undefined || change.properties.some((property) => watched.has(property))
  );
}
