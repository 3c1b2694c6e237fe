import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { PropertyFacts } from '../contracts/type-inference.js';
import type { Pivot, Relation } from './index-model.js';
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
export function relationOf(property: EntityProperty, metas: readonly EntityMetadata[] = []): Relation {
  const kind = property.kind as Relation['kind'];
  const owner = kind === 'm:1' || (kind !== '1:m' && property.owner);
  const target = (property.target ?? property.targetMeta?.class) as unknown as EntityClass;
  const targets = targetsOf(property);
  const mappedByTargets = kind === 'm:n' ? undefined : targetsOfOtherSide(property);
  const pivot = kind === 'm:n' ? pivotOf(property, metas) : undefined;
  return {
    target: targets ? ([...targets.values()][0] ?? target) : target,
    side: owner ? 'owner' : 'inverse',
    mappedBy: property.mappedBy,
    kind,
    ...(targets ? { targets } : {}),
    ...(isUnheld(property) ? { unheld: true } : {}),
    ...(mappedByTargets ? { mappedByTargets } : {}),
    ...(pivot ? { pivot } : {}),
  };
}

/** Whether no foreign key of the database keeps the row that it leads to. */
function isUnheld({ kind, owner, createForeignKeyConstraint }: EntityProperty): boolean {
  const isToOne = (kind as string) === 'm:1' || ((kind as string) === '1:1' && owner);
  return isToOne && createForeignKeyConstraint === false;
}

function targetsOfOtherSide({ mappedBy, targetMeta }: EntityProperty): Relation['targets'] {
  const properties = targetMeta?.properties as Record<string, EntityProperty> | undefined;
  const other = mappedBy ? properties?.[mappedBy] : undefined;
  return other && targetsOf(other);
}

/** 6 has no polymorphic relations. */
type Polymorphic = Partial<Pick<EntityProperty, 'polymorphic' | 'polymorphTargets' | 'discriminatorMap'>>;

function targetsOf(property: EntityProperty): Relation['targets'] {
  const { polymorphic, polymorphTargets, discriminatorMap } = property as Polymorphic;
  if (!polymorphic || !polymorphTargets) return undefined;
  const classes = Object.entries((discriminatorMap ?? {}) as Record<string, unknown>);
  return new Map(classes.map(([value, target]) => [value, target as EntityClass]));
}

/** The ORM keeps the foreign key of the owning side first. */
function pivotOf({ pivotEntity, mappedBy }: EntityProperty, metas: readonly EntityMetadata[]): Pivot | undefined {
  const meta = metas.find((candidate) => (candidate.class as unknown) === pivotEntity);
  const keys = meta ? Object.values(propertiesOf(meta)).filter(({ kind }) => (kind as string) === 'm:1') : [];
  const [owner, member] = mappedBy ? [keys[1], keys[0]] : keys;
  if (!meta || !owner || !member) return undefined;
  return { entity: meta.class as unknown as EntityClass, owner: owner.name, member: member.name };
}

/** By name; of a name that the entity lacks there is none. */
export function propertiesOf(meta: EntityMetadata): Record<string, EntityProperty> {
  return meta.properties as Record<string, EntityProperty>;
}

export function factsOf(property: EntityProperty, meta: EntityMetadata): PropertyFacts {
  return {
    label: `${meta.className}.${property.name}`,
    ormType: property.type,
    runtimeType: property.runtimeType ?? '',
    columnType: property.columnTypes?.[0]?.toLowerCase() ?? '',
    primary: property.primary === true,
    // A list of enums has `items` alone.
    enum: property.enum === true || (property.items !== undefined && property.array === true),
  };
}
