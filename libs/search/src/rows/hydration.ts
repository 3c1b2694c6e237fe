import type { EntityManager } from '@mikro-orm/core';
import { documentIdOf, keyOf } from '../document/document-builder.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { Finder } from './entity-reader.js';
import { fittingKeys, keyOfId } from './fitting-keys.js';
import { withKeys } from './key-conditions.js';

/** Entities behind hits. */
export interface Hydrated<T> {
  /** Managed by the entity manager given, in the order of the hits. */
  readonly entities: readonly T[];
  /** Ids of hits whose rows are not in the database (any more). */
  readonly missing: readonly string[];
}

export interface HydrateOptions {
  /** Relations to load with them, as `em.find` accepts it. */
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
  const { parts } = model.identity;
  const keys = fittingKeys(
    ids.map((id) => keyOfId(model, id)),
    parts,
  );
  const found = (await (em as unknown as Finder).find(model.entity, withKeys(parts, keys), { populate })) as T[];
  const byId = new Map(found.map((entity) => [documentIdOf(model, keyOf(model, entity)), entity]));
  return {
    entities: hits.flatMap(({ id }) => byId.get(id) ?? []),
    missing: ids.filter((id) => !byId.has(id)),
  };
}
