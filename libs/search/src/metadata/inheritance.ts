import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { EntityClass } from './recorder.js';

/** What 6 lacks of an entity. */
type Meta = EntityMetadata & { readonly inheritanceType?: string };

export function isTablePerType(meta: EntityMetadata): boolean {
  return (meta.root as Meta | undefined)?.inheritanceType === 'tpt';
}

function isTree(meta: EntityMetadata): boolean {
  return Boolean(meta.root?.discriminatorColumn) || isTablePerType(meta);
}

/** The entities of a tree of classes below `meta`, itself left out; none where it is in no tree. */
export function descendantsOf(meta: EntityMetadata, metas: readonly EntityMetadata[]): EntityMetadata[] {
  if (!isTree(meta)) return [];
  return metas.filter((other) => other !== meta && isBelow(classOf(other), classOf(meta)));
}

/**
 * A class of one table with rows of its own and classes below it. The ORM joins rows of exactly that class: what is found
 * over a relation to it lacks those of the classes below.
 */
export function isJoinedAlone(meta: EntityMetadata, metas: readonly EntityMetadata[]): boolean {
  const { discriminatorValue } = meta as { readonly discriminatorValue?: unknown };
  return (
    Boolean(meta.root?.discriminatorColumn) && discriminatorValue !== undefined && descendantsOf(meta, metas).length > 0
  );
}

/** The classes that rows of `meta` may be of, the deepest first. */
export function concreteClassesOf(meta: EntityMetadata, metas: readonly EntityMetadata[]): EntityClass[] {
  const tree = [meta, ...descendantsOf(meta, metas)].filter(({ abstract }) => !abstract).map(classOf);
  return tree.sort((a, b) => depthOf(b) - depthOf(a));
}

/**
 * The entities of the tree of `meta` that have a property or getter `name` by themselves: `meta`, or the topmost of those
 * below it that do.
 */
export function havingProperty(name: string, meta: EntityMetadata, metas: readonly EntityMetadata[]): EntityMetadata[] {
  if (hasByItself(name, meta)) return [meta];
  const having = descendantsOf(meta, metas).filter((other) => hasByItself(name, other));
  return having.filter((one) => !having.some((other) => other !== one && isBelow(classOf(one), classOf(other))));
}

/** The columns of a property that several classes of one table have under one name, each its own; none for others. */
export function columnsOfNamesakes(name: string, meta: EntityMetadata): readonly string[] {
  const property = (meta.root?.properties as Record<string, EntityProperty | undefined> | undefined)?.[name];
  return property?.stiFieldNames ?? [];
}

export function classOf(meta: EntityMetadata): EntityClass {
  return meta.class;
}

/** The root of one table has the properties of all its classes: those are `inherited`, from below. */
function hasByItself(name: string, meta: EntityMetadata): boolean {
  const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
  if (property) return !(meta.root === meta && meta.discriminatorColumn && property.inherited);
  // The ORM gives the prototype of the root accessors of relations that a class below it has.
  return !isOfClassBelow(name, meta) && name in meta.prototype;
}

function isOfClassBelow(name: string, { root }: EntityMetadata): boolean {
  const property = (root?.properties as Record<string, EntityProperty | undefined> | undefined)?.[name];
  return Boolean(root?.discriminatorColumn && property?.inherited);
}

function isBelow(entity: EntityClass | undefined, of: EntityClass): boolean {
  return entity !== undefined && Object.prototype.isPrototypeOf.call(of, entity);
}

function depthOf(entity: EntityClass): number {
  const parent = Object.getPrototypeOf(entity) as EntityClass | null;
  return typeof parent === 'function' && parent !== Function.prototype ? 1 + depthOf(parent) : 0;
}
