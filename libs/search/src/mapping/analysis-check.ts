import type { FieldMapping, IndexSettings } from '../contracts/index-body.js';
import type { ModelComplaint } from '../errors/model.errors.js';
import { broughtByPlugin, pluginOf } from './analysis-plugins.js';
import type { Properties } from './mapping-builder.js';

const LANGUAGES = [
  'arabic',
  'armenian',
  'basque',
  'bengali',
  'brazilian',
  'bulgarian',
  'catalan',
  'cjk',
  'czech',
  'danish',
  'dutch',
  'english',
  'estonian',
  'finnish',
  'french',
  'galician',
  'german',
  'greek',
  'hindi',
  'hungarian',
  'indonesian',
  'irish',
  'italian',
  'latvian',
  'lithuanian',
  'norwegian',
  'persian',
  'portuguese',
  'romanian',
  'russian',
  'sorani',
  'spanish',
  'swedish',
  'thai',
  'turkish',
];
const BUILT_IN: Readonly<Record<Kind, readonly string[]>> = {
  analyzer: ['standard', 'simple', 'whitespace', 'stop', 'keyword', 'pattern', 'fingerprint', ...LANGUAGES],
  normalizer: ['lowercase'],
};

type Kind = 'analyzer' | 'normalizer';

/** Finds analyzers and normalizers that neither the engine nor the settings define. */
export function checkAnalysis(properties: Properties, settings: IndexSettings, parent: string): ModelComplaint[] {
  return Object.entries(properties).flatMap(([name, mapping]) => {
    const where = `${parent}.${name}`;
    return [
      ...checkField(mapping, settings, where),
      ...checkAnalysis(mapping.fields ?? {}, settings, where),
      ...checkAnalysis(mapping.properties ?? {}, settings, where),
    ];
  });
}

function checkField(mapping: FieldMapping, settings: IndexSettings, where: string): ModelComplaint[] {
  const uses: [Kind, unknown][] = [
    ['analyzer', mapping['analyzer']],
    ['analyzer', mapping['search_analyzer']],
    ['analyzer', mapping['search_quote_analyzer']],
    ['normalizer', mapping['normalizer']],
  ];
  return uses.flatMap(([kind, name]) => {
    if (typeof name !== 'string') return [];
    const defined = definedIn(settings, kind);
    if (defined.includes(name) || BUILT_IN[kind].includes(name) || broughtByPlugin(settings, name)) return [];
    const problem = `names the ${kind} '${name}', which is neither built in nor defined`;
    const plugin = pluginOf(name);
    const remedy = plugin
      ? `Name the plug-in that brings it: @Indexed({ settings: { analysis: { plugins: ['${plugin}'] } } })`
      : `Define it in @Indexed({ settings: { analysis: { ${kind}: { ${name}: … } } } })${list(defined)}`;
    return [{ where, problem, remedy }];
  });
}

function definedIn(settings: IndexSettings, kind: Kind): readonly string[] {
  const analysis = (settings['analysis'] ?? {}) as Partial<Record<Kind, object>>;
  return Object.keys(analysis[kind] ?? {});
}

function list(names: readonly string[]): string {
  return names.length > 0 ? `, or use one of: ${names.join(', ')}` : '';
}
