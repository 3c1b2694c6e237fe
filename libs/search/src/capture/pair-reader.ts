import type { Collection, EntityManager } from '@mikro-orm/core';
import type { Pivot } from '../metadata/index-model.js';
import type { EntityReader, PrimaryKey } from '../rows/entity-reader.js';
import { touchAt, touchesOf } from './change.js';
import { isWhole, keyOf, metaOf } from './change-sets.js';
import { isA, type Dependency } from './dependencies.js';
import type { DocumentsOfRows } from './documents-of-rows.js';
import type { Touch } from './touch.js';

/**
 * Rows of pivot entities that come and go with the members of a many-to-many collection: the ORM reports no change of the
 * entity, whose rows may have documents of their own, or be embedded by themselves.
 */
export class PairReader {
  constructor(
    private readonly dependencies: readonly Dependency[],
    private readonly reader: EntityReader,
    private readonly documents: DocumentsOfRows,
  ) {}

  /** Before the rows go. @param left those that were members; all of them where the collection was not loaded */
  async gone(
    em: EntityManager,
    collection: Collection<object>,
    ownerKey: PrimaryKey,
    left: readonly object[],
  ): Promise<Touch[]> {
    const pivot = this.shownPivot(collection);
    const all = collection.getSnapshot() === undefined;
    if (!pivot || !isWhole(ownerKey) || (!all && left.length === 0)) return [];
    const members = all ? undefined : left.map((member) => keyOf(metaOf(member), member));
    const keys = await this.reader.keysOfPairs(pivot, ownerKey, members, em);
    return [
      ...(await this.documents.ofDeleted(em, pivot.entity, keys)),
      ...(await this.documents.cascaded(em, pivot.entity, keys)),
    ];
  }

  /** After the rows were made. */
  made(collection: Collection<object>, ownerKey: PrimaryKey, came: readonly object[]): Touch[] {
    const pivot = this.shownPivot(collection);
    if (!pivot) return [];
    return came.flatMap((member) => {
      const key = this.reader.keyOfPair(pivot, collection.owner, member);
      if (key === undefined) return this.touchesOfOwner(pivot, ownerKey);
      const after = (property: string): unknown =>
        property === pivot.owner ? ownerKey : property === pivot.member ? keyOf(metaOf(member), member) : undefined;
      const created = { type: 'create', entity: pivot.entity, key, properties: undefined } as const;
      return touchesOf({ ...created, before: () => undefined, after }, this.dependencies);
    });
  }

  /** The row has no key yet: every row of the same owner stands for it. */
  private touchesOfOwner(pivot: Pivot, ownerKey: PrimaryKey): Touch[] {
    return this.placesOf(pivot).map(({ definition, path }) =>
      touchAt({ definition, path: [...path, pivot.owner] }, ownerKey),
    );
  }

  private shownPivot({ property }: Collection<object>): Pivot | undefined {
    const pivot = (property.kind as string) === 'm:n' ? this.reader.pivotOf(property) : undefined;
    return pivot && this.placesOf(pivot).length > 0 ? pivot : undefined;
  }

  private placesOf({ entity }: Pivot): Dependency[] {
    return this.dependencies.filter((one) => !one.pivot && isA(entity, one.entity));
  }
}
