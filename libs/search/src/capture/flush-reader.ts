import type { ChangeSet, Collection, EntityManager, EntityMetadata, EntityProperty, UnitOfWork } from '@mikro-orm/core';
import { keyIn, keyPartsOf, primaryKeyParts } from '../metadata/key-parts.js';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { fittingKeys } from '../rows/fitting-keys.js';
import { foreignKeyIn } from '../rows/key-held.js';
import { CascadeReader } from './cascade-reader.js';
import { cascadesOf, showing } from './cascades.js';
import {
  foreignKeyOf,
  lostWithRow,
  ownersOf,
  renamedWithRow,
  seenFromOtherSide,
  touchAt,
  touchesOf,
  touchesOfCollection,
  withForeignKey,
  type Change,
  type CollectionChange,
} from './change.js';
import { rowsLike } from './rows-like.js';
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
  private readonly members = new WeakMap<UnitOfWork, readonly ChangedMembers[]>();

  private readonly cascades: CascadeReader;

  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
  ) {
    this.cascades = new CascadeReader(cascadesOf(reader.foreignKeys(), dependencies), reader);
  }

  /** What can only be seen before the rows are written: who reaches a row that is deleted, its old id, who left a collection. */
  async before(em: EntityManager, uow: UnitOfWork): Promise<Touch[]> {
    const collections = uow.getCollectionUpdates() as unknown as Collection<object>[];
    this.members.set(uow, collections.map(changedMembers));
    const touches = await this.replaced(em, collections);
    for (const { dependencies, keys } of this.lookUps(uow.getChangeSets()))
      touches.push(...(await this.documentsOf(em, dependencies, keys)));
    for (const [entity, keys] of deletedIn(uow.getChangeSets())) {
      touches.push(...(await this.formerOwners(em, entity, keys, isPivot)));
      touches.push(...(await this.cascaded(em, entity, keys)));
    }
    return touches;
  }

  /** What the flush changed; every key is known now. */
  after(uow: UnitOfWork): Touch[] {
    const changed = uow.getChangeSets().flatMap((changeSet) => touchesOf(changeOf(changeSet), this.dependencies));
    const collections = (this.members.get(uow) ?? []).flatMap(({ collection, members }) => {
      const change = { ...placeOf(collection), ownerKey: ownerKeyOf(collection) };
      const keys = members.map((member) => keyOf(metaOf(member), member));
      return touchesOfCollection({ ...change, members: keys }, this.dependencies);
    });
    this.members.delete(uow);
    return [...changed, ...collections];
  }

  /** `em.upsert` gives the entity, not what changed of it. */
  upserted(meta: EntityMetadata, entity: object): Touch[] {
    const after = (property: string): unknown => foreignKeyIn(meta, property, entity);
    const change = { entity: classOf(meta), key: keyOf(meta, entity), properties: undefined, before: () => undefined };
    return touchesOf({ ...change, type: 'update', after }, this.dependencies);
  }

  /**
   * What can only be seen before `em.upsert`: whose rows they are that it may move, and documents that get another id.
   *
   * @param row what is to be upserted: an entity or its data
   */
  async upserting(em: EntityManager, meta: EntityMetadata, row: object): Promise<Touch[]> {
    const entity = classOf(meta);
    const moving = withForeignKey(entity, this.dependencies).filter((one) => foreignKeyOf(one)! in row);
    const renaming = renamedWithRow(entity, row, this.dependencies);
    const where = moving.length + renaming.length > 0 ? rowsLike(meta, row as Record<string, unknown>) : undefined;
    if (!where) return [];
    const keys = await this.reader.keysWhere(entity, where, em);
    if (keys.length === 0) return [];
    return [
      ...(await this.formerOwners(em, entity, keys, (one) => moving.includes(one))),
      ...(await this.documentsOf(em, renaming, keys)),
    ];
  }

  /** Documents of the rows that these lead to by their foreign keys now. */
  async formerOwners(
    em: EntityManager,
    entity: EntityClass,
    keys: readonly PrimaryKey[],
    which: (dependency: Dependency) => boolean = () => true,
  ): Promise<Touch[]> {
    const dependencies = withForeignKey(entity, this.dependencies).filter(which);
    const touches: Touch[] = [];
    const held = new Map<string, unknown[]>();
    for (const dependency of dependencies) {
      const place = `${dependency.entity.name}.${foreignKeyOf(dependency)!}`;
      const owners =
        held.get(place) ?? (await this.reader.keysHeld(dependency.entity, keys, [foreignKeyOf(dependency)!], em));
      held.set(place, owners);
      touches.push(...ownersOf(dependency, owners));
    }
    return touches;
  }

  /** Documents that can only be found while these rows, and those that the database deletes with them, are there. */
  async reachingRows(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const own = await this.documentsOf(em, lostWithRow(entity, this.dependencies), keys);
    return [...own, ...(await this.cascaded(em, entity, keys))];
  }

  /** Whether documents show rows that the database deletes, or changes, with rows of `entity`. */
  cascadesFrom(entity: EntityClass): boolean {
    return this.cascades.startAt(entity);
  }

  /** Documents of the rows that the database deletes or changes with these. */
  private async cascaded(em: EntityManager, entity: EntityClass, keys: readonly PrimaryKey[]): Promise<Touch[]> {
    const touches: Touch[] = [];
    for await (const { foreignKey, keys: rows } of this.cascades.rows(em, entity, keys)) {
      if (foreignKey.onDelete === 'empty') {
        const shown = showing(foreignKey, this.dependencies);
        touches.push(...(await this.formerOwners(em, foreignKey.entity, rows, (one) => shown.includes(one))));
        touches.push(...shown.filter(({ pivot }) => !pivot).flatMap((one) => rows.map((key) => touchAt(one, key))));
        continue;
      }
      const gone = { type: 'delete', entity: foreignKey.entity, properties: undefined } as const;
      const nothing = (): undefined => undefined;
      touches.push(...(await this.documentsOf(em, lostWithRow(foreignKey.entity, this.dependencies), rows)));
      touches.push(...(await this.formerOwners(em, foreignKey.entity, rows, isPivot)));
      for (const key of rows)
        touches.push(...touchesOf({ ...gone, key, before: nothing, after: nothing }, this.dependencies));
    }
    return touches;
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
    const renamed = changeSets
      .filter((changeSet) => kindOf(changeSet) === 'update')
      .map((changeSet) => {
        const entity = classOf(changeSet.meta);
        const rekeyed = changeSet.meta.primaryKeys.some((name) => name in changeSet.payload);
        // The database hands a new key on to rows that nobody reports.
        const dependencies = rekeyed
          ? lostWithRow(entity, this.dependencies)
          : renamedWithRow(entity, changeSet.payload, this.dependencies);
        return { dependencies, keys: [storedKeyOf(changeSet)] };
      });
    const deleted = [...deletedIn(changeSets)].map(([entity, keys]) => ({
      dependencies: lostWithRow(entity, this.dependencies),
      keys,
    }));
    return [...renamed.filter(({ dependencies }) => dependencies.length > 0), ...deleted];
  }

  /**
   * Collections that were set without being loaded: the ORM replaces their rows by statements of its own, which report
   * neither who leaves nor who changes.
   */
  private async replaced(em: EntityManager, collections: readonly Collection<object>[]): Promise<Touch[]> {
    const touches: Touch[] = [];
    for (const collection of collections.filter((one) => one.getSnapshot() === undefined)) {
      const key = ownerKeyOf(collection);
      if (!isWhole(key)) continue;
      const { kind, targetMeta, mappedBy, orphanRemoval } = collection.property;
      if ((kind as string) === 'm:n') {
        const seen = seenFromOtherSide(placeOf(collection), this.dependencies);
        touches.push(...(await this.documentsOf(em, seen, [key])));
      } else if (targetMeta) {
        const entity = classOf(targetMeta);
        const keys = await this.reader.keysWhere(entity, { [mappedBy]: key }, em);
        if (orphanRemoval) touches.push(...(await this.reachingRows(em, entity, keys)));
        touches.push(...keys.flatMap((member) => this.moved(entity, member, mappedBy, key)));
        touches.push(...touchesOfCollection({ ...placeOf(collection), ownerKey: key, members: [] }, this.dependencies));
      }
    }
    return touches;
  }

  private moved(entity: EntityClass, key: PrimaryKey, property: string, formerOwner: PrimaryKey): Touch[] {
    const change = { entity, key, properties: [property], before: () => formerOwner, after: () => undefined };
    return touchesOf({ ...change, type: 'update' }, this.dependencies);
  }
}

interface ChangedMembers {
  readonly collection: Collection<object>;
  /** Those that left and those that came. */
  readonly members: readonly object[];
}

function changedMembers(collection: Collection<object>): ChangedMembers {
  const before = new Set(collection.getSnapshot() ?? []);
  const now = new Set(collection.getItems(false));
  const members = [...[...before].filter((one) => !now.has(one)), ...[...now].filter((one) => !before.has(one))];
  return { collection, members };
}

function placeOf({ owner, property }: Collection<object>): Pick<CollectionChange, 'owner' | 'property' | 'mappedBy'> {
  return { owner: classOf(metaOf(owner)), property: property.name, mappedBy: property.mappedBy };
}

function ownerKeyOf({ owner }: Collection<object>): PrimaryKey {
  return keyOf(metaOf(owner), owner);
}

function isPivot({ pivot }: Dependency): boolean {
  return pivot !== undefined;
}

function deletedIn(changeSets: readonly ChangeSet<object>[]): Map<EntityClass, PrimaryKey[]> {
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

function changeOf(changeSet: ChangeSet<object>): Change {
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
function payloadsOf(changeSet: ChangeSet<object>): object[] {
  const { tptChangeSets } = changeSet as { readonly tptChangeSets?: readonly ChangeSet<object>[] };
  return [changeSet.payload, ...(tptChangeSets ?? []).map(({ payload }) => payload)];
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

function formerTarget(meta: EntityMetadata, name: string, original: Readonly<Record<string, unknown>>): unknown {
  const property = propertyOf(meta, name);
  const value = original[name];
  if (property?.polymorphic) return value;
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
