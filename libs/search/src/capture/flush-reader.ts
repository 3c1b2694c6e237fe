import type { ChangeSet, Collection, EntityManager, EntityMetadata, EntityProperty, UnitOfWork } from '@mikro-orm/core';
import { keyIn, keyPartsOf, primaryKeyParts } from '../metadata/key-parts.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { fittingKeys } from '../rows/fitting-keys.js';
import { lostWithRow, renamedWithRow, touchesOf, touchesOfCollection, type Change } from './change.js';
import { rootPath, type Dependency } from './dependencies.js';
import type { Touch } from './touch.js';

/** Rows looked up at once. */
const PAGE_SIZE = 500;

interface LookUp {
  readonly dependencies: readonly Dependency[];
  readonly keys: readonly PrimaryKey[];
}

/** Reads a flush of the ORM as touches. */
export class FlushReader {
  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
  ) {}

  /** What can only be seen before the rows are written: who reaches a row that is deleted, its old id, who left a collection. */
  async before(em: EntityManager, uow: UnitOfWork): Promise<Touch[]> {
    const touches = this.left(uow);
    for (const { dependencies, keys } of this.lookUps(uow.getChangeSets()))
      touches.push(...(await this.documentsOf(em, dependencies, keys)));
    return touches;
  }

  /** What the flush changed; every key is known now. */
  after(uow: UnitOfWork): Touch[] {
    const changed = uow.getChangeSets().flatMap((changeSet) => touchesOf(changeOf(changeSet), this.dependencies));
    return [...changed, ...this.collections(uow, () => [])];
  }

  /** `em.upsert` gives the entity, not what changed of it. */
  upserted(meta: EntityMetadata, entity: object): Touch[] {
    const change = { entity: classOf(meta), key: keyOf(meta, entity), properties: undefined, before: () => undefined };
    return touchesOf({ ...change, type: 'update' }, this.dependencies);
  }

  /** Documents that can only be found while these rows are there. */
  async reachingRows(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    return this.documentsOf(em, lostWithRow(entity, this.dependencies), keys);
  }

  private async documentsOf(
    em: EntityManager,
    dependencies: readonly Dependency[],
    keys: readonly PrimaryKey[],
  ): Promise<Touch[]> {
    const touches: Touch[] = [];
    for (const { definition, path } of dependencies) {
      for await (const page of this.reader.keysReaching(
        definition.model,
        path.length > 0 ? path : rootPath(definition),
        keys,
        PAGE_SIZE,
        em,
      )) {
        touches.push(...page.map((key) => ({ definition, path: [], key })));
      }
    }
    return touches;
  }

  /** One look-up per class for the rows that go, however many they are, and one for each row that gets another id. */
  private lookUps(changeSets: readonly ChangeSet<object>[]): LookUp[] {
    const lookUps: LookUp[] = [];
    const deleted = new Map<EntityClass, PrimaryKey[]>();
    for (const changeSet of changeSets) {
      const entity = classOf(changeSet.meta);
      const kind = kindOf(changeSet);
      if (kind === 'delete') {
        const keys = deleted.get(entity);
        if (keys) keys.push(storedKeyOf(changeSet));
        else deleted.set(entity, [storedKeyOf(changeSet)]);
      } else if (kind === 'update') {
        const rekeyed = changeSet.meta.primaryKeys.some((name) => name in changeSet.payload);
        // The database hands a new key on to rows that nobody reports.
        const dependencies = rekeyed
          ? lostWithRow(entity, this.dependencies)
          : renamedWithRow(entity, changeSet.payload, this.dependencies);
        if (dependencies.length > 0) lookUps.push({ dependencies, keys: [storedKeyOf(changeSet)] });
      }
    }
    for (const [entity, keys] of deleted) lookUps.push({ dependencies: lostWithRow(entity, this.dependencies), keys });
    return lookUps;
  }

  private left(uow: UnitOfWork): Touch[] {
    return this.collections(uow, (collection) =>
      (collection.getSnapshot() ?? []).map((item) => keyOf(metaOf(item), item)),
    );
  }

  private collections(
    uow: UnitOfWork,
    removedFrom: (collection: Collection<object>) => readonly PrimaryKey[],
  ): Touch[] {
    return (uow.getCollectionUpdates() as unknown as Collection<object>[]).flatMap((collection) => {
      const meta = metaOf(collection.owner);
      const ownerKey = keyOf(meta, collection.owner);
      // A new owner has no key before its flush; nothing has left its collection then.
      if (!isWhole(ownerKey)) return [];
      const { name: property, mappedBy } = collection.property;
      const change = { owner: classOf(meta), ownerKey, property, mappedBy, removed: removedFrom(collection) };
      return touchesOfCollection(change, this.dependencies);
    });
  }
}

function changeOf(changeSet: ChangeSet<object>): Change {
  const { meta, entity, payload } = changeSet;
  const original = (changeSet.originalEntity ?? {}) as Record<string, unknown>;
  const names = Object.keys(payload);
  const type = kindOf(changeSet);
  const renamed = type === 'update' && names.some((name) => meta.primaryKeys.includes(name as never));
  return {
    type,
    entity: classOf(meta),
    key: type === 'delete' ? storedKeyOf(changeSet) : keyOf(meta, entity),
    formerKey: renamed ? storedKeyOf(changeSet) : undefined,
    properties: names.map((name) => ownProperty(meta, name)),
    before: (name) => formerTarget(meta, name, original),
  };
}

/** The key that the row has in the database as long as the flush has not written it. */
function storedKeyOf({ meta, entity, originalEntity }: ChangeSet<object>): PrimaryKey {
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

function formerTarget(
  meta: EntityMetadata,
  name: string,
  original: Readonly<Record<string, unknown>>,
): PrimaryKey | undefined {
  const property = propertyOf(meta, name);
  const value = original[name];
  if (!property?.targetMeta || value === undefined || value === null) return undefined;
  const key = keyIn(keyPartsOf(property), { [name]: asEntity(property, value) });
  return isWhole(key) ? fittingKeys([key], keyPartsOf(property))[0] : undefined;
}

function kindOf({ type }: ChangeSet<object>): Change['type'] {
  return type.startsWith('update') ? 'update' : type.startsWith('delete') ? 'delete' : 'create';
}

/** `address_city`, a column of the embeddable `address`, is a change of `address`. */
function ownProperty(meta: EntityMetadata, key: string): string {
  const property = propertyOf(meta, key);
  return property?.embedded ? ownProperty(meta, property.embedded[0]) : key;
}

function metaOf(entity: object): EntityMetadata {
  return (entity as { __meta: EntityMetadata }).__meta;
}

function classOf(meta: EntityMetadata): EntityClass {
  return meta.class;
}

function keyOf(meta: EntityMetadata, entity: object): PrimaryKey {
  const parts = primaryKeyParts(meta);
  const key = keyIn(parts, entity);
  return isWhole(key) ? (fittingKeys([key], parts)[0] ?? key) : key;
}

/** A row that is not written yet may have no key. */
function isWhole(key: PrimaryKey): boolean {
  return ([key].flat() as unknown[]).every((value) => value !== undefined && value !== null);
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty | undefined {
  return (meta.properties as Record<string, EntityProperty | undefined>)[name];
}
