import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { FieldModel } from './index-model.js';
import { isRelation, isToOneOwner, relationOf } from './orm-property.js';

/** Two rows, so that either side of a decision is looked at. */
const SAMPLES: readonly Readonly<Record<string, unknown>>[] = [
  { number: 1, bigint: 1n, boolean: true, string: 'a', Date: new Date(0) },
  { number: 0, bigint: 0n, boolean: false, string: '', Date: new Date(0) },
];

/**
 * Properties that a function reads of its row and that are not loaded for it, as paths. The function is called with
 * stand-ins, so that what it reads only of some rows may stay unseen; what it throws then means nothing.
 *
 * @param sources what is loaded
 */
export function unreadPaths(
  meta: EntityMetadata,
  metas: readonly EntityMetadata[],
  sources: readonly FieldModel[],
  call: (row: object) => unknown,
): string[] {
  const unread = new Set<string>();
  for (const samples of SAMPLES) {
    const row = standIn({ meta, metas, samples, unread, path: '', sources });
    try {
      call(row);
    } catch {
      // It was called with no real row.
    }
  }
  return [...unread];
}

interface Level {
  readonly meta: EntityMetadata;
  readonly metas: readonly EntityMetadata[];
  readonly samples: Readonly<Record<string, unknown>>;
  readonly unread: Set<string>;
  readonly path: string;
  /** `undefined`: no more than the key of the row is there. */
  readonly sources: readonly FieldModel[] | undefined;
}

function standIn(level: Level): object {
  const { meta } = level;
  const row: object = new Proxy(Object.create(meta.prototype as object) as object, {
    get: (target, name) => {
      const property = typeof name === 'string' ? propertyOf(meta, name) : undefined;
      if (property) return valueOf(level, property);
      // A reference stands for its entity.
      if (['unwrap', 'get', 'getEntity'].includes(String(name)) && !(name in meta.prototype)) return () => row;
      if (name === '$') return row;
      return Reflect.get(target, name, row) as unknown;
    },
  });
  return row;
}

function valueOf(level: Level, property: EntityProperty): unknown {
  const { samples, sources = [], unread, metas } = level;
  const path = level.path ? `${level.path}.${property.name}` : property.name;
  const loaded = sources.filter(({ name }) => name === property.name);
  if (loaded.length === 0 && !isThere(property, sources)) unread.add(path);
  if (!isRelation(property)) return samples[property.runtimeType] ?? samples['string'];
  if (isCollection(property)) return Object.assign([], { getItems: () => [] });
  const meta = metas.find((one) => (one.class as unknown) === relationOf(property).target);
  const fields = loaded.flatMap((field) => (field.kind === 'object' ? field.fields : []));
  if (!meta) return undefined;
  return standIn({ ...level, meta, path, sources: fields.length > 0 ? fields : undefined });
}

/** Whether a property is there that no source names: a key, what is computed, a column where all columns are loaded. */
function isThere(property: EntityProperty, sources: readonly FieldModel[]): boolean {
  if (property.persist === false || property.primary === true) return true;
  const everyColumn = sources.some((field) => field.kind === 'value' && field.computed);
  return everyColumn && (!isRelation(property) || isToOneOwner(property));
}

function isCollection(property: EntityProperty): boolean {
  const { kind } = relationOf(property);
  return kind === '1:m' || kind === 'm:n';
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty | undefined {
  const properties = meta.properties as Record<string, EntityProperty>;
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
