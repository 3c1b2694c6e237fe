import type { FieldMapping, IndexSettings } from '../contracts/index-body.js';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { Properties } from './mapping-builder.js';

const BUILT_IN = ['BM25', 'LegacyBM25', 'boolean'];

/** Finds similarities that neither the engine nor the settings define. */
export function checkSimilarities(properties: Properties, settings: IndexSettings, parent: string): ModelComplaint[] {
  const defined = Object.keys(settings['similarity'] ?? {});
  const check = (mapping: FieldMapping, where: string): ModelComplaint[] => {
    const { similarity } = mapping;
    const inner = [...Object.entries(mapping.fields ?? {}), ...Object.entries(mapping.properties ?? {})];
    const deeper = inner.flatMap(([name, field]) => check(field, `${where}.${name}`));
    if (typeof similarity !== 'string' || BUILT_IN.includes(similarity) || defined.includes(similarity)) return deeper;
    const remedy = `Define it in @Indexed({ settings: { similarity: { ${similarity}: … } } }), or use one of: ${[...BUILT_IN, ...defined].join(', ')}`;
    return [
      { where, problem: `names the similarity '${similarity}', which is neither built in nor defined`, remedy },
      ...deeper,
    ];
  };
  return Object.entries(properties).flatMap(([name, mapping]) => check(mapping, `${parent}.${name}`));
}
