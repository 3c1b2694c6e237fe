import { canonical } from './mapping-hash.js';

type Options = Readonly<Record<string, unknown>>;

/** What the engine does where an option is left out. It gives back what was set, but for objects that only repeat these. */
const DEFAULTS: Options = {
  date_detection: true,
  numeric_detection: false,
  dynamic_date_formats: ['strict_date_optional_time', 'yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z'],
  dynamic_templates: [],
  _source: { enabled: true, includes: [], excludes: [] },
  _field_names: { enabled: true },
  _data_stream_timestamp: { enabled: false },
  _size: { enabled: false },
};

/** What is compared by itself, or is no option of how fields are mapped. */
const APART = new Set(['properties', 'dynamic', '_meta', '_routing']);

/** The options of a mapping that differ from what the engine does without them, each as text. */
export function mappingOptionsInForce(mapping: Options): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mapping)
      .filter(([name, value]) => !APART.has(name) && value !== undefined)
      .map(([name, value]) => [name, textOf(oneForm(name, value))] as const)
      .filter(([name, text]) => !(name in DEFAULTS) || text !== textOf(DEFAULTS[name])),
  );
}

function oneForm(name: string, value: unknown): unknown {
  const byDefault = DEFAULTS[name];
  // One element may stand for a list of one.
  if (Array.isArray(byDefault)) return [value].flat();
  return name.startsWith('_') && typeof value === 'object' ? { ...(byDefault as object | undefined), ...value } : value;
}

/** Booleans come back as they were sent, or as text. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : canonical(value));
