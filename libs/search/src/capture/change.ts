import type { IndexDefinition } from '../mapping/index-definition.js';
import type { Pivot } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
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
  /** Key that a to-one relation led to before, with its class where that is one of several. */
  readonly before: (property: string) => unknown;
  /** The same now. */
  readonly after: (property: string) => unknown;
}

/** A changed collection of a many-to-many relation: its owner, what left it and what came. */
export interface CollectionChange {
  readonly owner: EntityClass;
  readonly ownerKey: PrimaryKey;
  readonly property: string;
  /** Set on the inverse side: the property at the other. */
  readonly mappedBy: string | undefined;
  readonly members: readonly PrimaryKey[];
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
  const { via, pivot } = dependency;
  if (pivot) return membershipTouches(dependency, pivot, change);
  const here = touchAt(dependency, change.key);
  if (!via) return change.type !== 'update' || shows(dependency, change) ? [here] : [];
  // A new row is reached by its own foreign key, or by one whose change touches for itself; by one that nothing keeps
  // from leading nowhere, it may be reached already. Who reached a deleted row was looked up before it went.
  if (change.type !== 'update') return change.type === 'create' && (via.side === 'inverse' || via.unheld) ? [here] : [];
  const foreignKey = foreignKeyOf(dependency);
  if (foreignKey === undefined || !change.properties?.includes(foreignKey))
    return shows(dependency, change) ? [here] : [];
  return [here, ...ownersOf(dependency, [change.before(foreignKey)])];
}

/** A row of a pivot entity is a member of the collections of those that it leads to, and was of those before. */
function membershipTouches(dependency: Dependency, { owner, member }: Pivot, change: Change): Touch[] {
  const { type, properties } = change;
  const moved = properties === undefined || properties.includes(owner) || properties.includes(member);
  if (type === 'update' && !moved) return [];
  return ownersOf(dependency, [change.after(owner), change.before(owner)]);
}

/** The property of the changed entity that leads to the entity before it on the path, where it is at this side. */
export function foreignKeyOf({ via, pivot }: Pick<Dependency, 'via' | 'pivot'>): string | undefined {
  return pivot ? pivot.owner : via?.side === 'inverse' ? via.mappedBy : undefined;
}

/** Touches of the rows that foreign keys lead to. */
export function ownersOf(dependency: Dependency, foreignKeys: readonly unknown[]): Touch[] {
  return foreignKeys.flatMap((value) => {
    const key = keyOfOwner(dependency, value);
    return isKey(key) ? [touchUp(dependency, key)] : [];
  });
}

/** A polymorphic foreign key, as the ORM keeps it. */
export interface PolymorphicKey {
  readonly discriminator?: string | undefined;
  readonly id?: unknown;
}

/** A polymorphic foreign key names the class too, which may be another than that of this path. */
function keyOfOwner({ via }: Dependency, value: unknown): unknown {
  const targets = via?.mappedByTargets;
  if (!targets) return value;
  // An entity has given its key alone: whichever class it is of, too many touches are harmless.
  const { discriminator: name, id: key } = (typeof value === 'object' && value !== null ? value : {}) as PolymorphicKey;
  if (name === undefined) return value;
  const target = targets.get(name);
  return target && isA(via.owner, target) ? key : undefined;
}

/** Which documents a changed collection touches, seen from either side of its relation. */
export function touchesOfCollection(change: CollectionChange, dependencies: readonly Dependency[]): Touch[] {
  return dependencies.flatMap((dependency) => {
    const { via, pivot } = dependency;
    if (!via || pivot) return [];
    if (via.property === change.property && isA(change.owner, via.owner)) return [touchUp(dependency, change.ownerKey)];
    return isOtherSide(change, dependency) ? change.members.map((key) => touchUp(dependency, key)) : [];
  });
}

/** Dependencies on a relation that a changed collection is the other side of. */
export function seenFromOtherSide(
  change: Omit<CollectionChange, 'members' | 'ownerKey'>,
  dependencies: readonly Dependency[],
): Dependency[] {
  return dependencies.filter((dependency) => !dependency.pivot && isOtherSide(change, dependency));
}

function isOtherSide(
  { owner, property, mappedBy }: Omit<CollectionChange, 'members' | 'ownerKey'>,
  { via, entity }: Dependency,
): boolean {
  return via?.kind === 'm:n' && (via.mappedBy === property || mappedBy === via.property) && isA(owner, entity);
}

/** Dependencies whose documents are looked up before the rows of `entity` are deleted. */
export function lostWithRow(entity: EntityClass, dependencies: readonly Dependency[]): Dependency[] {
  return dependencies.filter(
    (dependency) => !dependency.pivot && (dependency.via ?? hasOwnKey(dependency)) && isA(entity, dependency.entity),
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

/** Whether a value can name a row. */
function isKey(value: unknown): value is PrimaryKey {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.length > 0 && values.every((one) => ['string', 'number', 'bigint'].includes(typeof one));
}

/** Dependencies on rows of `entity` that foreign keys of theirs lead up to: pivots, and other sides of relations. */
export function withForeignKey(entity: EntityClass, dependencies: readonly Dependency[]): Dependency[] {
  return dependencies.filter(
    (dependency) =>
      foreignKeyOf(dependency) !== undefined && (isA(entity, dependency.entity) || isA(dependency.entity, entity)),
  );
}
