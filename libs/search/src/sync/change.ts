import type { PrimaryKey } from '../repository/entity-reader.js';
import type { EntityClass } from '../metadata/recorder.js';
import { isA, type Dependency } from './dependencies.js';
import type { Touch } from './touch.js';

/** A changed row, as far as documents care. */
export interface Change {
  readonly type: 'create' | 'update' | 'delete';
  readonly entity: EntityClass;
  readonly key: PrimaryKey;
  /** Changed properties; those of an embeddable count as its own property. Every one when `undefined`. */
  readonly properties: readonly string[] | undefined;
  /** Value that a property had before, for foreign keys. */
  readonly before: (property: string) => unknown;
}

/** A changed collection of a many-to-many relation: its owner, and what left it. */
export interface CollectionChange {
  readonly owner: EntityClass;
  readonly ownerKey: PrimaryKey;
  readonly property: string;
  readonly removed: readonly PrimaryKey[];
}

/** Which documents a change touches. Pure: the touches name paths, and whoever publishes looks up who is there. */
export function touchesOf(change: Change, dependencies: readonly Dependency[]): Touch[] {
  return dependencies.filter(({ entity }) => isA(change.entity, entity)).flatMap((dependency) => touchesAt(dependency, change));
}

function touchesAt(dependency: Dependency, change: Change): Touch[] {
  const { via } = dependency;
  const here: Touch = touchAt(dependency, change.key);
  const foreignKey = via?.side === 'inverse' ? via.mappedBy : undefined;
  const moved = foreignKey !== undefined && changes(change, foreignKey);
  // Whoever had it before: the entity one step up the path.
  const before = moved && change.type !== 'create' ? change.before(foreignKey) : undefined;
  const formerOwner = isKey(before) ? [touchUp(dependency, before)] : [];
  if (!via) return change.type !== 'update' || shows(dependency, change) ? [here] : [];
  if (change.type === 'update') return moved || shows(dependency, change) ? [here, ...formerOwner] : [];
  // A new row is reached by its own foreign key, or by a foreign key whose change touches for itself.
  if (change.type === 'create') return via.side === 'inverse' ? [here] : [];
  return formerOwner;
}

/** Which documents a changed collection touches. */
export function touchesOfCollection(change: CollectionChange, dependencies: readonly Dependency[]): Touch[] {
  return dependencies.flatMap((dependency) => {
    const { via, entity } = dependency;
    if (via && isA(change.owner, via.owner) && via.property === change.property) return [touchUp(dependency, change.ownerKey)];
    const seenFromOtherSide = via?.side === 'inverse' && via.mappedBy === change.property && isA(change.owner, entity);
    return seenFromOtherSide ? [touchAt(dependency, change.ownerKey), ...change.removed.map((key) => touchUp(dependency, key))] : [];
  });
}

/** Dependencies whose documents can only be found before the related row is deleted: its key is in their own rows. */
export function lostWithRow(entity: EntityClass, dependencies: readonly Dependency[]): Dependency[] {
  return dependencies.filter((dependency) => dependency.via && isA(entity, dependency.entity) && !isFoundByForeignKey(dependency));
}

/** One-to-many and the inverse of one-to-one: the deleted row itself names its owner. */
function isFoundByForeignKey({ via }: Dependency): boolean {
  return via?.side === 'inverse' && via.kind !== 'm:n';
}

function touchAt({ definition, path }: Dependency, key: PrimaryKey): Touch {
  return { definition, path, key };
}

function touchUp({ definition, path }: Dependency, key: PrimaryKey): Touch {
  return { definition, path: path.slice(0, -1), key };
}

function shows({ watched }: Dependency, change: Change): boolean {
  return watched === 'all' || change.properties === undefined || change.properties.some((property) => watched.has(property));
}

function changes({ type, properties }: Change, property: string): boolean {
  return type !== 'update' || properties === undefined || properties.includes(property);
}

function isKey(value: unknown): value is PrimaryKey {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
