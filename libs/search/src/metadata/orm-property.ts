import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { PropertyFacts } from '../contracts/type-inference.js';
import type { Relation } from './index-model.js';
import type { EntityClass } from './recorder.js';

const RELATIONS: ReadonlySet<string> = new Set(['1:1', 'm:1', '1:m', 'm:n']);

export function isRelation(property: EntityProperty): boolean {
  return RELATIONS.has(property.kind);
}

/** A relation whose key is a column of the entity. */
export function isToOneOwner(property: EntityProperty): boolean {
  const { kind, side } = relationOf(property);
  return side === 'owner' && (kind === 'm:1' || kind === '1:1');
}

export function isEmbedded(property: EntityProperty): boolean {
  return (property.kind as string) === 'embedded';
}

/** Not written by a flush under its own name: getters, formulas and generated columns. */
export function isComputed(property: EntityProperty): boolean {
  return property.persist === false || property.formula !== undefined || property.generated !== undefined;
}

/** Works with 6 (`type` is a class name, `entity()` the class or its name) and 7 (`target`). */
export function relationOf(property: EntityProperty): Relation {
  const kind = property.kind as Relation['kind'];
  const owner = kind === 'm:1' || (kind !== '1:m' && property.owner);
  const target = (property.target ?? property.targetMeta?.class) as unknown as EntityClass;
  return { target, side: owner ? 'owner' : 'inverse', mappedBy: property.mappedBy, kind };
}

export function factsOf(property: EntityProperty, meta: EntityMetadata): PropertyFacts {
  return {
    label: `${meta.className}.${property.name}`,
    ormType: property.type,
    runtimeType: property.runtimeType ?? '',
    columnType: property.columnTypes?.[0]?.toLowerCase() ?? '',
    primary: property.primary === true,
    // A list of enums says `items` alone.
    enum: property.enum === true || (property.items !== undefined && property.array === true),
  };
}
