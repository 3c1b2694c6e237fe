import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { isRelation } from './orm-property.js';

/** What one column of a key holds, as ids and the outbox carry it. */
export type KeyValue = string | number | bigint;

/** A key: one value, or the values of a composite key in the order of its columns. */
export type DocumentKey = KeyValue | readonly KeyValue[];

/** One column of a key. */
export interface KeyPart {
  /** Properties from the entity to the value: `['order', 'id']` where the relation `order` is a part of the key. */
  readonly path: readonly string[];
  /** Of the value in JavaScript, as the ORM names it. */
  readonly runtimeType: string;
  /** A value that is an object as its value in the database, or what its `toJSON` gives. */
  readonly toKey: (value: object) => unknown;
  /** What the ORM compares: the value of the property. */
  readonly fromKey: (value: KeyValue) => unknown;
}

const known = new WeakMap<EntityMetadata, readonly KeyPart[]>();

/** The columns of an entity's primary key; a relation stands for the columns of its target's key. */
export function primaryKeyParts(meta: EntityMetadata): readonly KeyPart[] {
  const parts = known.get(meta) ?? meta.primaryKeys.flatMap((name) => keyPartsOf(propertyOf(meta, name)));
  known.set(meta, parts);
  return parts;
}

/** The columns of one property. */
export function keyPartsOf(property: EntityProperty, before: readonly string[] = []): KeyPart[] {
  const path = [...before, property.name];
  const target = isRelation(property) ? property.targetMeta : undefined;
  if (target) return target.primaryKeys.flatMap((name) => keyPartsOf(propertyOf(target, name), path));
  return [{ path, runtimeType: property.runtimeType, ...conversion(property) }];
}

/** The name of a primary key: `id`, `order+product`. */
export function primaryKeyName({ primaryKeys }: Pick<EntityMetadata, 'primaryKeys'>): string {
  return primaryKeys.join('+');
}

/** A relation whose target has one key column is that column itself, without a join. */
export function shortestPath({ path }: KeyPart, parts: readonly KeyPart[]): readonly string[] {
  for (let length = 1; length < path.length; length += 1) {
    const start = path.slice(0, length).join('.');
    if (parts.filter((other) => other.path.slice(0, length).join('.') === start).length === 1)
      return path.slice(0, length);
  }
  return path;
}

/** The values that an entity has, `null` or `undefined` where there is none. Relations may be entities, references or keys. */
export function partsIn(parts: readonly KeyPart[], entity: object): unknown[] {
  return parts.map((part) => {
    const value = valueAt(entity, part.path);
    if (typeof value === 'boolean') return String(value);
    return typeof value === 'object' && value !== null ? part.toKey(value) : value;
  });
}

/** The key of an entity. A value that it has not yet is `null` or `undefined` there: see `keyProblem`. */
export function keyIn(parts: readonly KeyPart[], entity: object): DocumentKey {
  const [first] = parts;
  // The most frequent key, of each row of a flush.
  if (parts.length === 1 && first!.path.length === 1) {
    const value = (entity as Record<string, unknown>)[first!.path[0]!];
    if (typeof value === 'number' || typeof value === 'string') return value;
  }
  const values = partsIn(parts, entity) as KeyValue[];
  return values.length === 1 ? values[0]! : values;
}

function valueAt(entity: object, path: readonly string[]): unknown {
  let value: unknown = entity;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return value;
    const { unwrap } = value as { unwrap?: () => object };
    const owner = (typeof unwrap === 'function' ? unwrap.call(value) : value) as Readonly<Record<string, unknown>>;
    value = owner[step];
  }
  return value;
}

function conversion({ runtimeType, customType, columnTypes }: EntityProperty): Pick<KeyPart, 'toKey' | 'fromKey'> {
  const platform = (customType as { readonly platform?: unknown } | undefined)?.platform as never;
  const isNumber = /^(small|big|medium|tiny)?(int|serial)/i.test(columnTypes?.[0] ?? '');
  return {
    toKey: (value) => {
      if (value instanceof Date) return value.toISOString();
      const stored: unknown = customType ? customType.convertToDatabaseValue(value, platform) : value;
      if (typeof stored !== 'object' || stored === null) return stored;
      const { toJSON } = stored as { toJSON?: () => unknown };
      return typeof toJSON === 'function' ? toJSON.call(stored) : stored;
    },
    fromKey: (value) => {
      if (runtimeType === 'boolean') return value === 'true';
      if (runtimeType === 'Date') return new Date(String(value));
      if (!customType) return value;
      try {
        const made: unknown = customType.convertToJSValue(isNumber ? Number(value) : value, platform);
        return typeof made === 'object' && made !== null ? made : value;
      } catch {
        // No value of the database: it is what the property holds.
        return value;
      }
    },
  };
}

function propertyOf(meta: EntityMetadata, name: string): EntityProperty {
  return (meta.properties as Record<string, EntityProperty>)[name]!;
}
