import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { keyHeld } from '../rows/key-held.js';

/** What 6 lacks of an entity. */
type Meta = EntityMetadata & { readonly tptParent?: Meta };

/**
 * Conditions of the rows that an upsert of `row` may change: those that share its primary key, or the values of a unique
 * property or constraint. @returns `undefined` where it has neither
 */
export function rowsLike(meta: EntityMetadata, row: Readonly<Record<string, unknown>>): object | undefined {
  const keys = [meta.primaryKeys as readonly string[], ...uniquesOf(meta)];
  const alternatives = keys.flatMap((names) => {
    const values = names.map((name) => [name, keyHeld(row[name])] as const);
    return values.length > 0 && values.every(([, value]) => value !== undefined) ? [Object.fromEntries(values)] : [];
  });
  return alternatives.length > 0 ? { $or: alternatives } : undefined;
}

/** With those of the tables that the entity's own table extends. */
function uniquesOf(meta: Meta): (readonly string[])[] {
  const properties = Object.values(meta.properties as Record<string, EntityProperty>);
  return [
    ...properties.filter(({ unique }) => Boolean(unique)).map(({ name }) => [name]),
    ...meta.uniques.map(({ properties: names }) => [names].flat() as string[]),
    ...(meta.tptParent ? uniquesOf(meta.tptParent) : []),
  ];
}
