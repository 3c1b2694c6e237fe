import type { ChangeSet, UnitOfWork } from '@mikro-orm/core';

/**
 * The change sets of a flush, with those that the ORM puts off: where two rows of it change one unique property, or a
 * one-to-one relation goes from one to the other, it writes one of them by an update of its own, which it lists apart.
 */
export function changeSetsOf(uow: UnitOfWork): ChangeSet<object>[] {
  return [...new Set([...uow.getChangeSets(), ...putOffIn(uow).map(({ changeSet }) => changeSet)])];
}

/** Properties that the ORM takes out of a change set until the others are written. */
export function propertiesPutOff(uow: UnitOfWork, changeSet: ChangeSet<object>): readonly string[] {
  return putOffIn(uow).flatMap((one) => (one.changeSet === changeSet ? one.properties : []));
}

function putOffIn(
  uow: UnitOfWork,
): readonly { readonly changeSet: ChangeSet<object>; readonly properties: readonly string[] }[] {
  return [...uow.getExtraUpdates()].flatMap(([, properties, , changeSet]) =>
    changeSet ? [{ changeSet: changeSet as ChangeSet<object>, properties: [properties].flat() }] : [],
  );
}
