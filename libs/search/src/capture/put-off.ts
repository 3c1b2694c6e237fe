import type { ChangeSet, UnitOfWork } from '@mikro-orm/core';

/**
 * Properties that the ORM puts off, by the change set that they are removed from: where two rows of a flush change one unique
 * property, or a one-to-one relation goes from one to the other, it writes one of them by an update of its own, which it
 * lists apart.
 */
export function putOffIn(uow: UnitOfWork): ReadonlyMap<ChangeSet<object>, readonly string[]> {
  const putOff = new Map<ChangeSet<object>, string[]>();
  for (const [, properties, , changeSet] of uow.getExtraUpdates()) {
    if (!changeSet) continue;
    const names = putOff.get(changeSet as ChangeSet<object>) ?? [];
    putOff.set(changeSet as ChangeSet<object>, names.concat(properties));
  }
  return putOff;
}

/** The change sets of a flush, with those that the ORM has put off as a whole. */
export function changeSetsOf(uow: UnitOfWork, putOff = putOffIn(uow)): ChangeSet<object>[] {
  return [...new Set([...uow.getChangeSets(), ...putOff.keys()])];
}
