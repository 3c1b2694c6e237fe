import type { ChangeSet, EntityManager, EntityMetadata, UnitOfWork } from '@mikro-orm/core';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { foreignKeyIn } from '../rows/key-held.js';
import { foreignKeyOf, lostWithRow, renamedWithRow, touchesOf, withForeignKey } from './change.js';
import { changeOf, classOf, deletedIn, keyOf, kindOf, payloadsOf, storedKeyOf } from './change-sets.js';
import { CollectionReader } from './collection-reader.js';
import type { Dependency } from './dependencies.js';
import { DocumentsOfRows, isPivot } from './documents-of-rows.js';
import { changeSetsOf, putOffIn } from './put-off.js';
import { rowsLike } from './rows-like.js';
import type { Touch } from './touch.js';

interface LookUp {
  readonly dependencies: readonly Dependency[];
  readonly keys: readonly PrimaryKey[];
}

/** Reads a flush of the ORM as touches. */
export class FlushReader {
  readonly documents: DocumentsOfRows;
  private readonly collections: CollectionReader;

  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
  ) {
    this.documents = new DocumentsOfRows(dependencies, reader);
    this.collections = new CollectionReader(dependencies, reader, this.documents);
  }

  /** What can only be seen before the rows are written: who reaches a row that is deleted, its old id, who left a collection. */
  async before(em: EntityManager, uow: UnitOfWork): Promise<Touch[]> {
    const touches = await this.collections.before(em, uow);
    const putOff = putOffIn(uow);
    const changeSets = changeSetsOf(uow, putOff);
    for (const { dependencies, keys } of this.lookUps(changeSets, putOff))
      touches.push(...(await this.documents.at(em, dependencies, keys)));
    for (const [entity, keys] of deletedIn(changeSets)) {
      touches.push(...(await this.documents.formerOwners(em, entity, keys, isPivot)));
      touches.push(...(await this.documents.cascaded(em, entity, keys)));
    }
    return touches;
  }

  /** What the flush changed; every key is there now. */
  after(uow: UnitOfWork): Touch[] {
    const changed = changeSetsOf(uow).flatMap((changeSet) => touchesOf(changeOf(changeSet), this.dependencies));
    return [...changed, ...this.collections.after(uow)];
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
      ...(await this.documents.formerOwners(em, entity, keys, (one) => moving.includes(one))),
      ...(await this.documents.at(em, renaming, keys)),
    ];
  }

  /** One look-up per class for the rows that go, however many they are, and one for each row that gets another id. */
  private lookUps(changeSets: readonly ChangeSet<object>[], putOff: ReturnType<typeof putOffIn>): LookUp[] {
    const renamed = changeSets
      .filter((changeSet) => kindOf(changeSet) === 'update')
      .map((changeSet) => {
        const entity = classOf(changeSet.meta);
        const apart = Object.fromEntries((putOff.get(changeSet) ?? []).map((name) => [name, true]));
        const changed = Object.assign(apart, ...payloadsOf(changeSet)) as object;
        const rekeyed = changeSet.meta.primaryKeys.some((name) => name in changed);
        // The database hands a new key on to rows that nobody reports.
        const dependencies = rekeyed
          ? lostWithRow(entity, this.dependencies)
          : renamedWithRow(entity, changed, this.dependencies);
        return { dependencies, keys: [storedKeyOf(changeSet)] };
      });
    const deleted = [...deletedIn(changeSets)].map(([entity, keys]) => ({
      dependencies: lostWithRow(entity, this.dependencies),
      keys,
    }));
    return [...renamed.filter(({ dependencies }) => dependencies.length > 0), ...deleted];
  }
}
