import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { IndexModel } from '../metadata/index-model.js';
import { isRelation } from '../metadata/orm-property.js';

/**
 * The property whose column is the key as the driver gives it, where the key alone identifies the rows: an entity for each
 * row, which the ORM makes to convert what a column holds, costs five times as much as the row. `undefined` for any other model.
 */
export function plainKey({ identity, condition, tree }: IndexModel, meta: EntityMetadata): string | undefined {
  const { parts } = identity;
  const [name, ...deeper] = parts[0]!.path;
  if (parts.length > 1 || deeper.length > 0 || condition?.where || tree || isOneOfSeveral(meta)) return undefined;
  const property = (meta.properties as Record<string, EntityProperty | undefined>)[name!];
  const isPlain =
    property !== undefined &&
    !isRelation(property) &&
    property.customType === undefined &&
    property.embedded === undefined &&
    property.formula === undefined;
  return isPlain && ['number', 'string'].includes(property.runtimeType) ? name : undefined;
}

/** Rows of other classes are in the same table, or its columns in several. */
function isOneOfSeveral(meta: EntityMetadata): boolean {
  const { root = meta } = meta;
  return root !== meta || meta.extends !== undefined || root.discriminatorColumn !== undefined;
}
