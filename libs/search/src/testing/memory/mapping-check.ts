import type { FieldMapping, IndexMappings } from '../../contracts/index-body.js';
import type { MemoryAnalysis } from './analysis.js';
import type { MemoryFields } from './field.js';
import { assertClaimed, unclaimed } from './refusals.js';
import { assertFormat } from './values.js';
import { textOf } from './text.js';

const CLAIMED = ['dynamic', 'properties', '_meta', '_routing', 'date_detection', 'numeric_detection', '_source'];

/** @throws SearchUnclaimedError for what of a mapping, beside its fields, is not carried out */
export function checkMappings(mappings: IndexMappings): void {
  assertClaimed('a mapping', mappings, CLAIMED);
  if (mappings['numeric_detection'] === true) throw unclaimed('`numeric_detection` of a mapping');
  const source = mappings['_source'] as Readonly<Record<string, unknown>> | undefined;
  if (source && Object.entries(source).some(([name, value]) => name !== 'enabled' || value === false))
    throw unclaimed('`_source` of a mapping');
}

/**
 * An analyzer that the engine does not have is refused when a text is written, or here where a normalizer or a format is
 * at fault.
 */
export function checkAnalysis(fields: MemoryFields, mappings: IndexMappings, analysis: MemoryAnalysis): void {
  for (const path of pathsOf(mappings.properties)) {
    const field = fields.get(path);
    if (!field) continue;
    if (field.type === 'date') assertFormat(`the field \`${path}\``, field.mapping['format']);
    if (field.type === 'text') analysis.analyzer(textOf(field.mapping['analyzer'] ?? 'default'));
    if (field.mapping['normalizer'] !== undefined) analysis.normalizer(textOf(field.mapping['normalizer']));
  }
}

function pathsOf(properties: Readonly<Record<string, FieldMapping>>, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, { properties: inner = {}, fields = {} }]) => {
    const path = `${prefix}${name}`;
    return [path, ...pathsOf(inner, `${path}.`), ...pathsOf(fields, `${path}.`)];
  });
}
