import type { ChangeSet, Collection, EntityManager, EntityMetadata, EntityProperty, UnitOfWork } from '@mikro-orm/core';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
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
        if (keys) keys.push(primaryKeyOf(changeSet));
        else deleted.set(entity, [primaryKeyOf(changeSet)]);
      } else if (kind === 'update') {
        const dependencies = renamedWithRow(entity, changeSet.payload, this.dependencies);
        if (dependencies.length > 0) lookUps.push({ dependencies, keys: [primaryKeyOf(changeSet)] });
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
      if (ownerKey === undefined) return [];
      const { name: property, mappedBy } = collection.property;
      const change = { owner: classOf(meta), ownerKey, property, mappedBy, removed: removedFrom(collection) };
      return touchesOfCollection(change, this.dependencies);
    });
  }
}

function changeOf(changeSet: ChangeSet<object>): Change {
  const original = (changeSet.originalEntity ?? {}) as Record<string, unknown>;
  const properties = Object.keys(changeSet.payload).map((key) => ownProperty(changeSet.meta, key));
  return {
    type: kindOf(changeSet),
    entity: classOf(changeSet.meta),
    key: primaryKeyOf(changeSet),
    properties,
    before: (property) => original[property],
  };
}

function primaryKeyOf(changeSet: ChangeSet<object>): PrimaryKey {
  return changeSet.getPrimaryKey() as PrimaryKey;
}

function kindOf({ type }: ChangeSet<object>): Change['type'] {
  return type.startsWith('update') ? 'update' : type.startsWith('delete') ? 'delete' : 'create';
}

/** `address_city`, a column of the embeddable `address`, is a change of `address`. */
function ownProperty(meta: EntityMetadata, key: string): string {
  const property = (meta.properties as Record<string, EntityProperty | undefined>)[key];
  return property?.embedded ? ownProperty(meta, property.embedded[0]) : key;
}

function metaOf(entity: object): EntityMetadata {
  return (entity as { __meta: EntityMetadata }).__meta;
}

function classOf(meta: EntityMetadata): EntityClass {
  return meta.class;
}

function keyOf(meta: EntityMetadata, entity: object): PrimaryKey {
  return (entity as Record<string, PrimaryKey>)[meta.primaryKeys[0] as string]!;
}
