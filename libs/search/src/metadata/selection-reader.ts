import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { FieldModel } from './index-model.js';
import { primaryKeyParts, type KeyPart } from './key-parts.js';
import { relationWithKeys } from './key-relations.js';
import { isEmbedded, isRelation, relationOf } from './orm-property.js';
import { leadsToSeveral } from './several-classes.js';
import { holdsRawSql, isConditions } from './where-values.js';

type Conditions = Readonly<Record<string, unknown>>;

/** A condition or an order of a collection that cannot be followed. */
export class UnfollowedSelection extends Error {
  constructor(
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(problem);
  }
}

/**
 * The columns of the target that decide which of its rows a collection holds, and in which order: `where` and `orderBy`
 * of the relation, and the `orderBy` of its target.
 *
 * @throws UnfollowedSelection
 */
export function selectionOf(
  property: EntityProperty,
  target: EntityMetadata,
  metas: readonly EntityMetadata[],
): FieldModel[] {
  const parts = [property.where, property.orderBy, target.orderBy].flatMap((part): unknown[] =>
    part ? [part].flat() : [],
  );
  if (holdsRawSql(parts)) throw inRawSql();
  return parts.flatMap((part) => columnsIn(target, part, metas));
}

/** The key of the target where a collection of it has no order of its own; `undefined` for other relations. */
export function keyThatOrders(property: EntityProperty, target: EntityMetadata): readonly KeyPart[] | undefined {
  if (!['1:m', 'm:n'].includes(property.kind)) return undefined;
  const orders = [property.orderBy, target.orderBy].flatMap((order) =>
    order ? ([order].flat() as object[]).filter((one) => Object.keys(one).length > 0) : [],
  );
  return orders.length > 0 || property.fixedOrder ? undefined : primaryKeyParts(target);
}

function columnsIn(meta: EntityMetadata, conditions: unknown, metas: readonly EntityMetadata[]): FieldModel[] {
  if (typeof conditions !== 'object' || conditions === null) {
    // A primary key in place of conditions, or a function that makes SQL.
    if (typeof conditions === 'function' || typeof conditions === 'string') throw inRawSql();
    return [];
  }
  return Object.entries(conditions as Conditions).flatMap(([name, condition]): FieldModel[] => {
    if (name === '$not') return columnsIn(meta, condition, metas);
    if (name === '$and' || name === '$or') return [condition].flat().flatMap((one) => columnsIn(meta, one, metas));
    const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
    if (!property) throw inRawSql();
    if (!isRelation(property)) return [columnOf(property)];
    const target = metas.find((candidate) => (candidate.class as unknown) === relationOf(property).target);
    if (leadsToSeveral(property) && isConditions(condition) && Object.keys(withoutOperators(condition)).length > 0)
      throw overSeveral(name, meta, target);
    const nested = target && isConditions(condition) ? columnsIn(target, withoutOperators(condition), metas) : [];
    return [{ kind: 'object', name, options: {}, fields: nested, relation: relationWithKeys(property, metas) }];
  });
}

function inRawSql(): UnfollowedSelection {
  return new UnfollowedSelection(
    'has a `where` or an `orderBy` in raw SQL, whose columns nobody can follow',
    "Write them as the ORM's conditions, by the names of properties",
  );
}

function overSeveral(name: string, owner: EntityMetadata, joined: EntityMetadata | undefined): UnfollowedSelection {
  return new UnfollowedSelection(
    `has a \`where\` or an \`orderBy\` over \`${name}\`, which leads to several classes, of which the ORM joins rows of ${joined?.className} alone`,
    `Choose and order by columns of ${owner.className} itself`,
  );
}

function columnOf(property: EntityProperty): FieldModel {
  if (isEmbedded(property))
    return { kind: 'object', name: property.name, options: {}, fields: [], relation: undefined };
  return { kind: 'value', name: property.name, options: {}, facts: undefined, computed: false };
}

/** `{ $ne: null }` and `{ $in: [1, 2] }` speak of the key, `{ $some: { … } }` of rows. */
function withoutOperators(conditions: Conditions): Conditions {
  const entries = Object.entries(conditions).flatMap(([name, condition]) => {
    if (['$some', '$none', '$every'].includes(name)) return Object.entries(condition as Conditions);
    return name.startsWith('$') && !['$and', '$or', '$not'].includes(name) ? [] : [[name, condition] as const];
  });
  return Object.fromEntries(entries);
}
