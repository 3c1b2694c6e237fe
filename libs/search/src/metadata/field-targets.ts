import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import { indicesOf, recordedFields, type EntityClass } from './recorder.js';

/** Finds `@SearchField({ in })` that name no index, and properties with two `@SearchField` for one index. */
export function checkTargets(metas: readonly EntityMetadata[], names: readonly string[]): ModelComplaint[] {
  return metas.flatMap((meta) => {
    const entity = meta.class as EntityClass | undefined;
    return entity
      ? [...recordedFields(entity)].flatMap(([property, options]) =>
          targetsOf(`${meta.className}.${property}`, options.map(indicesOf), names),
        )
      : [];
  });
}

function targetsOf(where: string, targets: readonly (readonly string[])[], names: readonly string[]): ModelComplaint[] {
  const unknown = targets.flat().filter((name) => !names.includes(name));
  const all = targets.flatMap((indices) => (indices.length > 0 ? indices : ['']));
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
