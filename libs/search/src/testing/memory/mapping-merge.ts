import { isDeepStrictEqual } from 'node:util';
import type { FieldMapping, IndexMappings } from '../../contracts/index-body.js';
import { refused } from './refusals.js';

/** What of a field may change while it is there. */
const CHANGEABLE: readonly string[] = [
  'ignore_above',
  'search_analyzer',
  'ignore_malformed',
  'coerce',
  'meta',
  'dynamic',
];
const PARTS: readonly string[] = ['properties', 'fields'];

/**
 * A mapping with what another one adds to it.
 *
 * @throws SearchEngineError where a field would become another
 */
export function mergedMappings(
  live: IndexMappings,
  added: Pick<IndexMappings, 'properties'> & Partial<IndexMappings>,
): IndexMappings {
  return { ...live, ...added, properties: mergedProperties(live.properties, added.properties, '') };
}

type Properties = IndexMappings['properties'];

function mergedProperties(live: Properties, added: Properties, prefix: string): Properties {
  const merged = Object.entries(added).map(([name, mapping]) => {
    const known = Object.hasOwn(live, name) ? live[name] : undefined;
    return [name, known ? mergedField(known, mapping, `${prefix}${name}`) : mapping] as const;
  });
  return { ...live, ...Object.fromEntries(merged) };
}

function mergedField(live: FieldMapping, added: FieldMapping, path: string): FieldMapping {
  if ((added.type ?? 'object') !== (live.type ?? 'object'))
    throw refused(
      'illegal_argument_exception',
      `mapper [${path}] cannot be changed from type [${live.type}] to [${added.type}]`,
    );
  for (const name of new Set([...Object.keys(live), ...Object.keys(added)]))
    if (!PARTS.includes(name) && !CHANGEABLE.includes(name) && !isDeepStrictEqual(live[name], added[name]))
      throw refused(
        'illegal_argument_exception',
        `Mapper for [${path}] conflicts with existing mapper: Cannot update parameter [${name}] from [${String(live[name])}] to [${String(added[name])}]`,
      );
  const parts = PARTS.filter((name) => name in live || name in added).map((name) => [
    name,
    mergedProperties((live[name] ?? {}) as Properties, (added[name] ?? {}) as Properties, `${path}.`),
  ]);
  return { ...live, ...added, ...(Object.fromEntries(parts) as object) };
}
