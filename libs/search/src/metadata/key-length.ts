import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { isRelation, propertiesOf } from './orm-property.js';

/** Numbers, dates and booleans as JSON, with room to spare. */
const SHORT = 48;
const UUID = 38;
const QUOTES = 2;

/**
 * Characters of the primary key of an entity as JSON, at most, as far as its columns limit them: what JSON escapes counts once.
 * `Infinity` where they set no bound.
 */
export function keyLength(meta: EntityMetadata): number {
  const lengths = meta.primaryKeys.map((name) => lengthOf(propertiesOf(meta)[name]!));
  return lengths.reduce((sum, length) => sum + length + 1, 1);
}

function lengthOf(property: EntityProperty): number {
  const target = isRelation(property) ? property.targetMeta : undefined;
  if (target) return keyLength(target);
  if (['number', 'bigint', 'boolean', 'Date'].includes(property.runtimeType)) return SHORT;
  const column = property.columnTypes?.[0]?.toLowerCase() ?? '';
  if (column.startsWith('uuid')) return UUID;
  const text = /^(?:var|n|nvar)?char(?:acter varying)?\((\d+)\)/.exec(column);
  if (text) return Number(text[1]) + QUOTES;
  return /^(?:decimal|numeric|date|time|enum)/.test(column) ? SHORT : Infinity;
}
