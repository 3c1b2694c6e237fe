import type { EntityManager, EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { documentIdOf } from '../document/document-builder.js';
import type { IndexModel } from '../metadata/index-model.js';
import { keyOf, type Finder, type PrimaryKey } from './entity-reader.js';

/** Entities behind hits. */
export interface Hydrated<T> {
  /** Managed by the entity manager given, in the order of the hits. */
  readonly entities: readonly T[];
  /** Ids of hits whose rows are not in the database (any more). */
  readonly missing: readonly string[];
}

export interface HydrateOptions {
  /** Relations to load with them, as `em.find` takes it. */
  readonly populate?: readonly string[];
}

/** Loads the rows of hits with one query. */
export async function hydrate<T extends object>(
  model: IndexModel<T>,
  em: EntityManager,
  hits: readonly { readonly id: string }[],
  { populate = [] }: HydrateOptions = {},
): Promise<Hydrated<T>> {
  const ids = [...new Set(hits.map(({ id }) => id))];
  if (ids.length === 0) return { entities: [], missing: [] };
  const untyped = model as unknown as IndexModel;
  const meta = em.getMetadata().get<object>(model.entity as never) as EntityMetadata;
  const keys = keysOf(ids, (meta.properties as Record<string, EntityProperty>)[model.primaryKey]!.runtimeType);
  const found = (await (em as unknown as Finder).find(model.entity, { [model.primaryKey]: { $in: keys } }, { populate })) as T[];
  const byId = new Map(found.map((entity) => [documentIdOf(keyOf(untyped, entity)), entity]));
  return {
    entities: hits.flatMap(({ id }) => byId.get(id) ?? []),
    missing: ids.filter((id) => !byId.has(id)),
  };
}

/** An id that is no number cannot be a row of a numeric key, and the database would refuse the whole query. */
function keysOf(ids: readonly string[], runtimeType: string): PrimaryKey[] {
  if (runtimeType === 'bigint') return ids.filter((id) => /^-?\d+$/.test(id)).map(BigInt);
  if (runtimeType !== 'number') return [...ids];
  return ids.map(Number).filter(Number.isSafeInteger);
}
