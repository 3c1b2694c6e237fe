import type { ChangeSet, EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { keyIn, keyPartsOf, primaryKeyParts, type KeyValue } from '../metadata/key-parts.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { fittingKeys } from '../rows/fitting-keys.js';
import { foreignKeyIn } from '../rows/key-held.js';
import type { Change, PolymorphicKey } from './change.js';

/** Keys of the rows that a flush deletes, by class. */
export function deletedIn(changeSets: readonly ChangeSet<object>[]): Map<EntityClass, PrimaryKey[]> {
  const deleted = new Map<EntityClass, PrimaryKey[]>();
  for (const changeSet of changeSets) {
    if (kindOf(changeSet) !== 'delete') continue;
    const entity = classOf(changeSet.meta);
    const keys = deleted.get(entity);
    if (keys) keys.push(storedKeyOf(changeSet));
    else deleted.set(entity, [storedKeyOf(changeSet)]);
  }
  return deleted;
}

/** What a flush changes of a row. */
export function changeOf(changeSet: ChangeSet<object>): Change {
  const { meta, entity } = changeSet;
  const original = (changeSet.originalEntity ?? {}) as Record<string, unknown>;
  const names = payloadsOf(changeSet).flatMap((payload) => Object.keys(payload));
  const type = kindOf(changeSet);
  const renamed = type === 'update' && names.some((name) => meta.primaryKeys.includes(name as never));
  return {
    type,
    entity: classOf(meta),
    key: type === 'delete' ? storedKeyOf(changeSet) : keyOf(meta, entity),
    formerKey: renamed ? storedKeyOf(changeSet) : undefined,
    properties: names.map((name) => ownProperty(meta, name)),
    before: (name) => formerTarget(meta, name, original),
    after: (name) => foreignKeyIn(meta, name, entity),
  };
}

/** The ORM has a change set for each table of a class. */
export function payloadsOf(changeSet: ChangeSet<object>): object[] {
  const { tptChangeSets } = changeSet as { readonly tptChangeSets?: readonly ChangeSet<object>[] };
  return [changeSet.payload, ...(tptChangeSets ?? []).map(({ payload }) => payload)];
}

/** The key that the row has in the database as long as the flush has not written it. */
export function storedKeyOf({ meta, entity, originalEntity }: ChangeSet<object>): PrimaryKey {
  const stored = originalEntity as Record<string, unknown> | undefined;
  const known = stored && meta.primaryKeys.every((name) => stored[name] !== undefined);
  return keyOf(meta, known ? originalKeyOf(meta, stored) : entity);
}

/** What the ORM remembers of a composite foreign key is the list of its values. */
function originalKeyOf(meta: EntityMetadata, stored: Record<string, unknown>): object {
  return Object.fromEntries(meta.primaryKeys.map((name) => [name, asEntity(propertyOf(meta, name)!, stored[name])]));
}

function asEntity(property: EntityProperty, value: unknown): unknown {
  const target = property.targetMeta;
  if (!target || !Array.isArray(value)) return value;
  const values = value.length === target.primaryKeys.length ? value : [value];
  return Object.fromEntries(
    target.primaryKeys.map((name, at) => [name, asEntity(propertyOf(target, name)!, values[at])]),
  );
}

function formerTarget(meta: EntityMetadata, name: string, original: Readonly<Record<string, unknown>>): unknown {
  const property = propertyOf(meta, name);
  const value = original[name];
  if (property?.polymorphic) return formerOfSeveral(property, value);
  if (!property?.targetMeta || value === undefined || value === null) return undefined;
  const key = keyIn(keyPartsOf(property), { [name]: asEntity(property, value) });
  return isWhole(key) ? fittingKeys([key], keyPartsOf(property))[0] : undefined;
}

/** The ORM remembers class and key. */
function formerOfSeveral(property: EntityProperty, value: unknown): PolymorphicKey | undefined {
  const { discriminator, id } = (value ?? {}) as PolymorphicKey;
  const values = [id].flat() as KeyValue[];
  const key = fittingKeys([values.length === 1 ? values[0]! : values], keyPartsOf(property))[0];
  return key === undefined ? undefined : { discriminator, id: key };
}

export function kindOf({ type }: ChangeSet<object>): Change['type'] {
  return type.startsWith('update') ? 'update' : type.startsWith('delete') ? 'delete' : 'create';
}

/** `address_city`, a column of the embeddable `address`, is a change of `address`. */
function ownProperty(meta: EntityMetadata, key: string): string {
  const property = propertyOf(meta, key);
  return property?.embedded ? ownProperty(meta, property.embedded[0]) : key;
}

export function metaOf(entity: object): EntityMetadata {
  return (entity as { __meta: EntityMetadata }).__meta;
}

export function classOf(meta: EntityMetadata): EntityClass {
  return meta.class;
}

export function keyOf(meta: EntityMetadata, entity: object): PrimaryKey {
  const parts = primaryKeyParts(meta);
  const key = keyIn(parts, entity);
  return isWhole(key) ? (fittingKeys([key], parts)[0] ?? key) : key;
}

/** A row that is not written yet may have no key. */
export function isWhole(key: PrimaryKey): boolean {
  return ([key].flat() as unknown[]).every((value) => value !== undefined && value !== null);
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty | undefined {
  return (meta.properties as Record<string, EntityProperty | undefined>)[name];
}
