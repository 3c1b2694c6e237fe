import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { isComputed, isRelation, isToOneOwner } from '../metadata/orm-property.js';
import type { EntityClass } from '../metadata/recorder.js';

/** A foreign key by which the database changes rows, of which the ORM reports nothing, when the row that it leads to is deleted. */
export interface ForeignKey {
  readonly entity: EntityClass;
  /** The property that holds it; behind embeddables where it is in one. */
  readonly path: readonly string[];
  readonly target: EntityClass;
  /** Property of the target that it holds, where that is not the primary key. */
  readonly targetKey?: string;
  /** `empty`: it becomes null, or its default. */
  readonly onDelete: 'delete' | 'empty';
}

/** @param defaultRule of keys that name none (`schemaGenerator.defaultDeleteRule`) */
export function foreignKeysOf(metas: readonly EntityMetadata[], defaultRule: string | undefined): ForeignKey[] {
  return metas.flatMap((meta) =>
    Object.values(meta.properties as Record<string, EntityProperty>).flatMap((property) => {
      const onDelete = ruleOf(property, defaultRule);
      const target = property.targetMeta?.class as EntityClass | undefined;
      const path = pathOf(meta, property);
      if (!onDelete || !target || !path) return [];
      const { targetKey } = property as { readonly targetKey?: string };
      return [{ entity: meta.class as EntityClass, path, target, onDelete, ...(targetKey ? { targetKey } : {}) }];
    }),
  );
}

function ruleOf(property: EntityProperty, defaultRule: string | undefined): ForeignKey['onDelete'] | undefined {
  if (!isRelation(property) || !isToOneOwner(property) || isComputed(property)) return undefined;
  if (property.createForeignKeyConstraint === false) return undefined;
  // 6 decides this when it makes the schema, by what is written in both versions.
  const cascades = property.cascade?.some((one) => ['remove', 'all'].includes(one)) ? 'cascade' : undefined;
  const rule = property.deleteRule ?? cascades ?? (property.nullable ? 'set null' : defaultRule);
  if (rule === 'cascade') return 'delete';
  return rule === 'set null' || rule === 'set default' ? 'empty' : undefined;
}

/** The column of an embeddable is a property of its own, whose path leads through it; one in JSON has no foreign key. */
function pathOf(meta: EntityMetadata, property: EntityProperty): readonly string[] | undefined {
  if (!property.embedded) return [property.name];
  const [outer, inner] = property.embedded as readonly [string, string];
  const holder = (meta.properties as Record<string, EntityProperty | undefined>)[outer];
  if (!holder || holder.object || holder.array) return undefined;
  const before = pathOf(meta, holder);
  return before && [...before, inner];
}
