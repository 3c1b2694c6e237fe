import { isDeepStrictEqual } from 'node:util';
import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { keyIn, keyPartsOf, primaryKeyParts, type DocumentKey } from './key-parts.js';
import { isToOneOwner, propertiesOf, relationOf } from './orm-property.js';
import type { RelationProblem } from './relation-rules.js';

/**
 * Why a condition on a relation to several classes is none that can be followed. The ORM joins rows of the first class
 * alone, and compares a bare key with the column of the class: it is `null`, or names class and key, `['image', 3]`.
 */
export function severalClassesProblem(property: EntityProperty, condition: unknown): RelationProblem | undefined {
  if (!leadsToSeveral(property) || isOfClassAndKey(condition, property)) return undefined;
  return {
    problem: 'is of several classes, of which the ORM compares class and key alone',
    remedy: `Compare these, { $ne: null } or { $in: [['${namesOf(property)[0]}', …]] }, or decide it in code: @Indexed({ when: (row) => …, reads })`,
  };
}

/** Why `@SearchField({ where })` of a collection is not carried out by the ORM; `undefined` where it is. */
export function elementsOfSeveralProblem(property: EntityProperty, meta: EntityMetadata): RelationProblem | undefined {
  const owner = ownerOf(property);
  if (!owner || !leadsToSeveral(owner)) return undefined;
  const remedy = 'Write it in the relation itself: @OneToMany({ where: { … } })';
  if (isJoinedByOthers(property, meta))
    return {
      problem: `has \`where\`, for which the ORM joins the other side of a relation to several classes by the key of another: ${meta.className} has no columns of these names`,
      remedy,
    };
  if (keyPartsOf(owner).length === 1) return undefined;
  return {
    problem:
      'has `where`, which the ORM leaves out of the other side of a relation to several classes by several columns',
    remedy,
  };
}

/** The class behind either side of a relation to several classes whose key holds another of several columns. */
export function withKeyWithin(property: EntityProperty, meta: EntityMetadata): EntityMetadata | undefined {
  const owner = ownerOf(property);
  const classes = leadsToSeveral(property)
    ? (property.polymorphTargets ?? [])
    : owner && leadsToSeveral(owner)
      ? [meta]
      : [];
  return classes.find((one) => one.getPrimaryProps().some((part) => keyPartsOf(part).length > 1));
}

/**
 * Whether the ORM joins the other side of a relation to several classes by columns that `meta` does not have: it reads those
 * of the first class.
 */
export function isJoinedByOthers(property: EntityProperty, meta: EntityMetadata): boolean {
  const owner = ownerOf(property);
  if (!owner || !leadsToSeveral(owner)) return false;
  const own = meta.getPrimaryProps().flatMap(({ fieldNames }) => fieldNames);
  return !isDeepStrictEqual(own, owner.referencedColumnNames);
}

/** Why a condition over the other side of a relation to several classes finds nothing; `undefined` where it does. */
export function otherSideProblem(property: EntityProperty, meta: EntityMetadata): RelationProblem | undefined {
  if (!isJoinedByOthers(property, meta)) return undefined;
  return {
    problem: `is the other side of a relation to several classes, which the ORM joins by the key of another: ${meta.className} has no columns of these names`,
    remedy: 'Give the keys of the classes one name, or decide it in code: @Indexed({ when: (row) => …, reads })',
  };
}

/** The key of the row that such a property holds: each class has columns of its own. `undefined` where it is no row. */
export function keyOfRow(value: unknown): DocumentKey | undefined {
  const { unwrap } = (value ?? {}) as { readonly unwrap?: () => unknown };
  const row = typeof unwrap === 'function' ? unwrap.call(value) : value;
  const { __meta: meta } = (row ?? {}) as { readonly __meta?: EntityMetadata };
  return meta && keyIn(primaryKeyParts(meta), row as object);
}

/** Whether the foreign key of a property names a class too. */
export function leadsToSeveral(property: EntityProperty): boolean {
  return isToOneOwner(property) && relationOf(property).targets !== undefined;
}

function isOfClassAndKey(condition: unknown, property: EntityProperty): boolean {
  if (isReference(condition, property)) return true;
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return false;
  return Object.entries(condition as Record<string, unknown>).every(([operator, value]) => {
    if (operator === '$eq' || operator === '$ne') return isReference(value, property);
    if (operator !== '$in' && operator !== '$nin') return false;
    return Array.isArray(value) && value.every((one: unknown) => one !== null && isReference(one, property));
  });
}

function isReference(value: unknown, property: EntityProperty): boolean {
  if (value === null) return true;
  if (!Array.isArray(value) || value.length !== 1 + keyPartsOf(property).length) return false;
  return namesOf(property).includes(value[0] as string);
}

/** What the column of the class holds. */
function namesOf(property: EntityProperty): readonly string[] {
  return [...(relationOf(property).targets?.keys() ?? [])];
}

/** The property at the other side, where that has the columns. */
function ownerOf({ mappedBy, targetMeta }: EntityProperty): EntityProperty | undefined {
  return mappedBy && targetMeta ? propertiesOf(targetMeta)[mappedBy] : undefined;
}
