import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { indicesOf, recordedFields, type EntityClass, type RecordedField } from './recorder.js';

/** Finds `@SearchField({ in })` that name no index, and properties with two `@SearchField` for one index. */
export function checkTargets(metas: readonly EntityMetadata[], names: readonly string[]): ModelComplaint[] {
  return metas.flatMap((meta) => {
    const entity = meta.class as EntityClass | undefined;
    return entity
      ? [...recordedFields(entity)].flatMap(([property, options]) =>
          targetsOf(`${meta.className}.${property}`, options, names),
        )
      : [];
  });
}

function targetsOf(where: string, options: readonly RecordedField[], names: readonly string[]): ModelComplaint[] {
  const unknown = options.flatMap((option) => option.in ?? []).filter((name) => !names.includes(name));
  const all = options.map(indicesOf).flatMap((indices) => (indices.length > 0 ? indices : ['']));
  const twice = [...new Set(all.filter((name, at) => all.indexOf(name) !== at))];
  return [
    ...unknown.map((name) => ({
      where,
      problem: `is for the index '${name}', which is none`,
      remedy: `Use one of: ${names.join(', ')}`,
    })),
    ...twice.map((name) => ({
      where,
      problem: `has two @SearchField for ${name ? `the index '${name}'` : 'every index'}`,
      remedy: 'Keep one, or name the index of the other: @SearchField({ in })',
    })),
  ];
}
