import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { classOf, descendantsOf, isJoinedAlone } from './inheritance.js';
import type { Relation } from './index-model.js';
import { propertiesOf } from './orm-property.js';

/** What the ORM joins for a many-to-many relation, the target or what the pivot entity leads to, where it joins that alone. */
export function pairsJoinedAlone(
  { pivot }: Relation,
  target: EntityMetadata,
  metas: readonly EntityMetadata[],
): EntityMetadata | undefined {
  const pairs = pivot && metas.find((meta) => classOf(meta) === pivot.entity);
  const member = pairs && propertiesOf(pairs)[pivot.member]?.targetMeta;
  return [target, ...(member ? [member] : [])].find((meta) => isJoinedAlone(meta, metas));
}

/** A side of a one-to-one relation, the class that has it, and the class that it leads to. */
interface OtherSide {
  readonly name: string;
  readonly owner: string;
  readonly joined: string;
}

/**
 * The side of a one-to-one relation that has no column is joined to each row that the ORM loads. For a row of a class below
 * it finds nothing, and removes the relation from the row at the side with the column too.
 *
 * @returns such a side where `property` is one, or loads one along with `target`
 */
export function otherSideJoinedAlone(
  property: EntityProperty,
  target: EntityMetadata,
  metas: readonly EntityMetadata[],
): OtherSide | undefined {
  const loaded = [target, ...descendantsOf(target, metas)].flatMap((meta) => Object.values(propertiesOf(meta)));
  for (const { kind, name, mappedBy, targetMeta } of [property, ...loaded]) {
    if ((kind as string) !== '1:1' || !mappedBy || !targetMeta || !isJoinedAlone(targetMeta, metas)) continue;
    const owner = propertiesOf(targetMeta)[mappedBy]?.targetMeta?.className ?? target.className;
    return { name, owner, joined: targetMeta.className };
  }
  return undefined;
}
