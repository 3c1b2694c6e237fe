import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { keyIn, keyPartsOf } from '../metadata/key-parts.js';
import { keyOfRow } from '../metadata/several-classes.js';

/** What the ORM keeps at each entity. */
interface Managed {
  readonly __helper?: { getPrimaryKey(): unknown };
}

/**
 * The key of the row that a to-one property of an entity leads to, or of one of several classes.
 * @returns `undefined` for none
 */
export function foreignKeyIn(meta: EntityMetadata, name: string, entity: object): unknown {
  const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
  const value = (entity as Readonly<Record<string, unknown>>)[name];
  if (!property || value === undefined || value === null) return undefined;
  return property.polymorphic ? (keyOfRow(value) ?? keyHeld(value)) : keyIn(keyPartsOf(property), entity);
}

/**
 * The primary key of the row that a to-one property holds: an entity, a reference or the key itself.
 * @returns `undefined` for none
 */
export function keyHeld(value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return value;
  const helper = (value as Managed).__helper;
  if (helper) return helper.getPrimaryKey() ?? undefined;
  const { unwrap } = value as { unwrap?: () => unknown };
  return typeof unwrap === 'function' ? keyHeld(unwrap.call(value)) : value;
}
