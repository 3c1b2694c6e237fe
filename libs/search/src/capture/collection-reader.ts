import type { Collection, EntityManager, UnitOfWork } from '@mikro-orm/core';
import type { EntityClass } from '../metadata/recorder.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { seenFromOtherSide, touchesOf, touchesOfCollection, type CollectionChange } from './change.js';
import { classOf, isWhole, keyOf, metaOf } from './change-sets.js';
import type { Dependency } from './dependencies.js';
import type { DocumentsOfRows } from './documents-of-rows.js';
import { PairReader } from './pair-reader.js';
import type { Touch } from './touch.js';

/** Reads what a flush changes of collections. */
export class CollectionReader {
  private readonly members = new WeakMap<UnitOfWork, readonly ChangedMembers[]>();
  private readonly pairs: PairReader;

  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
    private readonly documents: DocumentsOfRows,
  ) {
    this.pairs = new PairReader(dependencies, reader, documents);
  }

  /** What can only be seen before the rows are written. */
  async before(em: EntityManager, uow: UnitOfWork): Promise<Touch[]> {
    const collections = uow.getCollectionUpdates() as unknown as Collection<object>[];
    const changed = collections.map(changedMembers);
    this.members.set(uow, changed);
    const touches = await this.replaced(em, collections);
    for (const { collection, left } of changed)
      touches.push(...(await this.pairs.gone(em, collection, ownerKeyOf(collection), left)));
    return touches;
  }

  /** Every key is there now. */
  after(uow: UnitOfWork): Touch[] {
    const touches = (this.members.get(uow) ?? []).flatMap(({ collection, left, came }) => {
      const change = { ...placeOf(collection), ownerKey: ownerKeyOf(collection) };
      const keys = [...left, ...came].map((member) => keyOf(metaOf(member), member));
      return [
        ...touchesOfCollection({ ...change, members: keys }, this.dependencies),
        ...this.pairs.made(collection, change.ownerKey, came),
      ];
    });
    this.members.delete(uow);
    return touches;
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
        touches.push(...(await this.documents.at(em, seen, [key])));
      } else if (targetMeta) {
        const entity = classOf(targetMeta);
        const keys = await this.reader.keysWhere(entity, { [mappedBy]: key }, em);
        if (orphanRemoval) touches.push(...(await this.documents.reachingRows(em, entity, keys)));
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
  readonly left: readonly object[];
  readonly came: readonly object[];
}

function changedMembers(collection: Collection<object>): ChangedMembers {
  const before = new Set(collection.getSnapshot() ?? []);
  const now = new Set(collection.getItems(false));
  return {
    collection,
    left: [...before].filter((one) => !now.has(one)),
    came: [...now].filter((one) => !before.has(one)),
  };
}

function placeOf({ owner, property }: Collection<object>): Pick<CollectionChange, 'owner' | 'property' | 'mappedBy'> {
  return { owner: classOf(metaOf(owner)), property: property.name, mappedBy: property.mappedBy };
}

function ownerKeyOf({ owner }: Collection<object>): PrimaryKey {
  return keyOf(metaOf(owner), owner);
}
