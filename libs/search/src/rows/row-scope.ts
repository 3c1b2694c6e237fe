import type { ObjectQuery } from '@mikro-orm/core';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexModel } from '../metadata/index-model.js';
import { isObject, type OptionRule } from '../support/option-table.js';
import type { EntityReader, RowScope } from './entity-reader.js';
import { withKeys } from './key-conditions.js';
import { isFaultOfRow } from './row-fault.js';

/** Conditions on the rows of `T`, as the ORM's `find` accepts them: `{ tenant: 7 }`, `{ id: { $gt: 1000 } }`. */
export type RowConditions<T extends object> = ObjectQuery<T>;

/** A value that is undefined by mistake would reach all rows, or none. */
export const aRowScope: OptionRule = {
  accepts: (value) => isObject(value) && Reflect.ownKeys(value).length > 0 && !holdsUndefined(value, new Set()),
  requirement:
    'must be conditions on rows, as `find` of the ORM accepts them, none of them empty or undefined; leave it out for all rows',
};

/**
 * Counts the rows of a scope.
 *
 * @param option `indexAll.where`, as the message names it
 * @throws SearchOptionError for conditions that the ORM or the database cannot read
 */
export async function countInScope(
  option: string,
  reader: Pick<EntityReader, 'count'>,
  model: IndexModel,
  scope: RowScope | undefined,
): Promise<number> {
  try {
    return await reader.count(model, scope);
  } catch (error) {
    if (scope === undefined || !(await isFaultOfScope(error, reader, model))) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new SearchOptionError([
      { option, requirement: `must be conditions on rows that the ORM can read: ${why}`, received: scope },
    ]);
  }
}

/** Errors of the database itself: it stops, has no room, or ended the statement. */
const OF_THE_DATABASE = /^(08|40|53|57|58)/;

async function isFaultOfScope(
  error: unknown,
  reader: Pick<EntityReader, 'count'>,
  model: IndexModel,
): Promise<boolean> {
  return isFaultOfConditions(error, () => reader.count(model, withKeys(model.identity.parts, []) as RowScope));
}

/** @param probe the same read without the conditions */
export async function isFaultOfConditions(error: unknown, probe: () => Promise<unknown>): Promise<boolean> {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && OF_THE_DATABASE.test(code)) return false;
  const named = error instanceof Error && /^(SyntaxError|InvalidFieldName)Exception$/.test(error.constructor.name);
  return named || isFaultOfRow(error, probe);
}

function holdsUndefined(value: unknown, seen: Set<unknown>): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.some((inner) => holdsUndefined(inner, seen));
  if (!isObject(value) || ![Object.prototype, null].includes(Object.getPrototypeOf(value) as null) || seen.has(value))
    return false;
  seen.add(value);
  return Object.values(value).some((inner) => holdsUndefined(inner, seen));
}
