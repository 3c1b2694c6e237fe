import type { EntityManager, EntityMetadata, FlushMode, MikroORM } from '@mikro-orm/core';
import type { IndexModel } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import { keyProperties } from './key-conditions.js';

/** What is needed of the ORM: a source of entity managers, and the metadata. */
export type Orm = Pick<MikroORM, 'em' | 'getMetadata' | 'config'>;

/** The ORM's own types need the entity at compile time; here it is there at run time only. */
export interface Finder {
  find(entity: unknown, where: object, options: object): Promise<object[]>;
  count(entity: unknown, where: object, options: object): Promise<number>;
}

/**
 * How rows are read that decide documents: a replica lags, and a cache is older still. What was read too early would
 * stay in the index for good, as its version is newer than the commit.
 */
export const FROM_PRIMARY = Object.freeze({ connectionType: 'write', cache: false });
/**
 * A query flushes what was changed before: by a hook, or only seemingly, as the ORM sees a value that it read twice as a
 * change. Reading documents must never write rows.
 */
const READING = Object.freeze({ flushMode: 'commit' as FlushMode });

/** `cache: false` does not reach the queries that load relations, nor those of hooks: a cache for all finds would answer them. */
function withoutCache(em: EntityManager): EntityManager {
  return Object.assign(em, { tryCache: () => Promise.resolve(undefined), storeCache: () => Promise.resolve() });
}
/** What is read of a row for its key alone. */
export function keyFields(model: IndexModel): string[] {
  return [...new Set([...model.primaryKeys, ...keyProperties(model.identity.parts)])];
}

/** Rows of which all of this holds, and that are to have a document as far as the database decides that. */
export function conditioned({ condition }: IndexModel, ...wheres: readonly (object | undefined)[]): object {
  const all = [...wheres, condition?.where?.()].filter((where) => where !== undefined);
  return all.length > 1 ? { $and: all } : (all[0] ?? {});
}

export function metaOf(orm: Orm, entity: EntityClass): EntityMetadata {
  return orm.getMetadata().get<object>(entity as never) as EntityMetadata;
}

/** An entity manager of its own, inside the transaction of `within` where that is given. */
export function forkOf(orm: Orm, within?: EntityManager): EntityManager {
  return withoutCache(within?.fork({ ...READING, keepTransactionContext: true }) ?? orm.em.fork({ ...READING }));
}
