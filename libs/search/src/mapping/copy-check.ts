import type { DynamicMapping, FieldMapping } from '../contracts/index-body.js';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { Properties } from './mapping-builder.js';

/** Finds values that are copied to a field which is not there: OpenSearch would refuse each document. */
export function checkCopies(properties: Properties, dynamic: DynamicMapping, entity: string): ModelComplaint[] {
  if (dynamic === true) return [];
  const fields = pathsOf(properties);
  return [...fields].flatMap(([path, mapping]) =>
    [(mapping['copy_to'] ?? []) as string | readonly string[]].flat().flatMap((target) => {
      const found = fields.get(target);
      const where = `${entity}.${path}`;
      if (!found)
        return [
          {
            where,
            problem: `is copied to '${target}', which is no field`,
            remedy: `Use one of: ${[...fields.keys()].join(', ')}`,
          },
        ];
      if (found.type !== 'object' && found.type !== 'nested') return [];
      return [{ where, problem: `is copied to '${target}', which is an object`, remedy: 'Name a field inside it' }];
    }),
  );
}

function pathsOf(properties: Properties, parent = ''): Map<string, FieldMapping> {
  return new Map(
    Object.entries(properties).flatMap(([name, mapping]) => [
      [`${parent}${name}`, mapping] as const,
      ...pathsOf(mapping.properties ?? {}, `${parent}${name}.`),
    ]),
  );
}
