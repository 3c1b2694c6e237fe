import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { primaryKeyParts, shortestPath } from './key-parts.js';
import { isRelation, relationOf } from './orm-property.js';
import { withKeyWithin } from './several-classes.js';
import { unreadKeyProblem } from './unread-keys.js';

export interface RelationProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** What 6 lacks of a property. */
type Property = EntityProperty & {
  readonly through?: unknown;
  readonly targetKey?: string;
  readonly polymorphic?: boolean;
};

/**
 * Why a relation that the ORM accepts cannot be followed; `undefined` when it can.
 *
 * @param meta the entity that has it
 * @param of what is followed: values of the related rows, or which of them it is
 */
export function relationProblem(
  property: Property,
  meta: EntityMetadata,
  of: 'rows' | 'keys' = 'rows',
): RelationProblem | undefined {
  const { kind } = relationOf(property);
  if (property.through !== undefined || property.formula !== undefined)
    return {
      problem: 'is computed by the database (`through`), so that nobody sees when it changes',
      remedy: 'Include the collection that it picks from, or leave it out',
    };
  const handedOn = keyTargetsOf(property, meta).find(isKeyHandedOn);
  if (handedOn)
    return {
      problem: `holds the key of ${handedOn.className}, which is one relation (\`${handedOn.primaryKeys[0]}\`) to a key of several columns: of these the ORM reads the first alone`,
      remedy: `Give ${handedOn.className} a key of its own, and make that relation unique`,
    };
  const within = withKeyWithin(property, meta);
  if (within)
    return {
      problem: `is a side of a relation to several classes, and the key of ${within.className} holds a key of several columns: the ORM does not read it there`,
      remedy: `Give ${within.className} a key of its own, and make the relation in it unique`,
    };
  for (const held of keyTargetsOf(property, meta)) {
    const unread = unreadKeyProblem(held, kind === 'm:n');
    if (unread) return unread;
  }
  if (of === 'keys') return undefined;
  const whole = wholeKeyWithTwoSides(property, meta);
  if (whole)
    return {
      problem: `is a side of \`${whole.className}.${whole.primaryKeys[0]}\`, which is a whole key of several columns: the ORM loads nothing over its other side`,
      remedy: `Give ${whole.className} a key of its own, and make the relation unique`,
    };
  if (property.targetKey !== undefined)
    return {
      problem: `points at \`${property.targetKey}\` (\`targetKey\`), and changes are followed by primary keys`,
      remedy: 'Let it point at the primary key, or leave it out',
    };
  if (property.mapToPk)
    return {
      problem: 'holds a key alone (`mapToPk`), of which nothing can be included',
      remedy: 'Leave out `mapToPk`, or index the key by a getter',
    };
  if (property.polymorphic && kind === 'm:n')
    return {
      problem: 'is a polymorphic many-to-many relation, whose rows of several classes share one table',
      remedy:
        'Give each class a many-to-many relation of its own, or include a one-to-many of an entity with a polymorphic @ManyToOne',
    };
  return undefined;
}

/** The entities whose keys the foreign keys of a relation hold, whichever side it is. */
function keyTargetsOf(property: Property, meta: EntityMetadata): EntityMetadata[] {
  const { kind, side } = relationOf(property);
  const target = property.targetMeta ? [property.targetMeta] : [];
  if (kind === 'm:n') return [meta, ...target];
  return side === 'owner' ? target : [meta];
}

/** Whether one relation to a key of several columns is the whole key. */
function isKeyHandedOn(meta: EntityMetadata): boolean {
  return meta.primaryKeys.length === 1 && primaryKeyParts(meta).length > 1;
}

/** The owner of a relation that is its whole key, of several columns, where the other side of it is loaded or joined along. */
function wholeKeyWithTwoSides(property: Property, meta: EntityMetadata): EntityMetadata | undefined {
  const { kind, side } = relationOf(property);
  if (kind === 'm:n') return undefined;
  const [owner, name] = side === 'owner' ? [meta, property.name] : [property.targetMeta, property.mappedBy];
  if (!owner || !isKeyHandedOn(owner) || owner.primaryKeys[0] !== name) return undefined;
  return side === 'inverse' || (kind === '1:1' && property.inversedBy) ? owner : undefined;
}

/** Why rows with the key of `meta` cannot be looked for; `undefined` when they can. */
export function keyProblemOf(meta: EntityMetadata): RelationProblem | undefined {
  const parts = primaryKeyParts(meta);
  const deep = parts.find((part) => shortestPath(part, parts).length > 2);
  if (!deep) return undefined;
  return {
    problem: `has a key of ${meta.className} that reaches over three entities (\`${deep.path.join('.')}\`), by which the ORM neither compares nor orders`,
    remedy: `Give ${meta.className} a key of its own, and make the relations unique`,
  };
}

/** Why a relation inside an embeddable cannot be followed. */
export function embeddedRelationProblem(
  embedded: EntityProperty,
  property: EntityProperty,
): RelationProblem | undefined {
  if (!isRelation(property)) return undefined;
  if (embedded.object || embedded.array)
    return {
      problem: `is a relation inside \`${embedded.name}\`, which is kept as JSON, where the database cannot join it`,
      remedy: 'Embed it in columns (without `object` and `array`), or make it an entity of its own',
    };
  const { kind, side } = relationOf(property);
  if (side === 'owner' && kind !== 'm:n') return undefined;
  return {
    problem: `is a collection inside the embeddable \`${embedded.name}\``,
    remedy: 'Move it to the entity itself',
  };
}
