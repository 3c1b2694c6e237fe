import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { nearestName } from '../support/nearest-name.js';
import { WIRE_NAMES } from './field-parameters.js';
import type { IndexedOptions, SharedFieldOptions } from './options.js';
import { recordedFields, recordedIndices, type EntityClass } from './recorder.js';

/** The names of an interface: one that is left out does not compile. */
const namesOf = <T>(names: Readonly<Record<keyof T, true>>): readonly string[] => Object.keys(names);

const INDEXED = namesOf<IndexedOptions>({
  name: true,
  engine: true,
  sync: true,
  dynamic: true,
  settings: true,
  mapping: true,
  properties: true,
  id: true,
  routing: true,
  where: true,
  filters: true,
  when: true,
  reads: true,
  preload: true,
  document: true,
});
const SUB_FIELD: readonly string[] = ['type', ...Object.keys(WIRE_NAMES)];
const ADDED_FIELD: readonly string[] = [...SUB_FIELD, 'fields', 'copyTo', 'properties'];
const SEARCH_FIELD: readonly string[] = [
  ...SUB_FIELD,
  ...namesOf<SharedFieldOptions>({
    fields: true,
    include: true,
    where: true,
    in: true,
    copyTo: true,
    properties: true,
  }),
];

/** Finds names in `@Indexed` and `@SearchField` that are no options. */
export function checkOptionNames(metas: readonly EntityMetadata[]): ModelComplaint[] {
  return metas.flatMap((meta) => {
    const entity = meta.class as EntityClass | undefined;
    return entity ? [...inIndexed(meta, entity), ...inFields(meta, entity)] : [];
  });
}

function inIndexed(meta: EntityMetadata, entity: EntityClass): ModelComplaint[] {
  return recordedIndices(entity).flatMap((options) => [
    ...unknownIn(options, INDEXED, meta.className, '@Indexed'),
    ...inAdded(options.properties, meta.className, '@Indexed({ properties })'),
  ]);
}

function inFields(meta: EntityMetadata, entity: EntityClass): ModelComplaint[] {
  return [...recordedFields(entity)].flatMap(([property, all]) =>
    all.flatMap((options) => [
      ...unknownIn(options, SEARCH_FIELD, `${meta.className}.${property}`, '@SearchField'),
      ...inSubFields(options.fields, `${meta.className}.${property}`),
      ...inAdded(options.properties, `${meta.className}.${property}`, '@SearchField({ properties })'),
    ]),
  );
}

function inAdded(fields: SharedFieldOptions['properties'], parent: string, of: string): ModelComplaint[] {
  return Object.entries(fields ?? {}).flatMap(([name, field]) => [
    ...unknownIn(field, ADDED_FIELD, `${parent}.${name}`, of),
    ...inSubFields(field.fields, `${parent}.${name}`),
    ...inAdded(field.properties, `${parent}.${name}`, of),
  ]);
}

function inSubFields(fields: SharedFieldOptions['fields'], where: string): ModelComplaint[] {
  return Object.entries(fields ?? {}).flatMap(([name, options]) =>
    unknownIn(options, SUB_FIELD, `${where}.${name}`, '@SearchField({ fields })'),
  );
}

function unknownIn(options: object, known: readonly string[], where: string, of: string): ModelComplaint[] {
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestName(name, known);
      const remedy = nearest === undefined ? `Use one of: ${known.join(', ')}` : `Did you mean \`${nearest}\`?`;
      return { where, problem: `has \`${name}\`, which is no option of ${of}`, remedy };
    });
}
