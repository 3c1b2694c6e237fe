import type { FieldMapping } from '../contracts/index-body.js';
import { canonical } from './mapping-hash.js';

type Parameters = Readonly<Record<string, unknown>>;

/** The defaults of the engine. It gives back some of them that nobody set, and leaves out others that were set. */
const DEFAULTS: Parameters = {
  index: true,
  store: false,
  doc_values: true,
  coerce: true,
  ignore_malformed: false,
  eager_global_ordinals: false,
  enabled: true,
  ignore_above: 2_147_483_647,
};
const DATE_FORMAT = 'strict_date_optional_time||epoch_millis';
const OF_TYPE: Readonly<Record<string, Parameters>> = {
  // No `position_increment_gap`: the engine refuses to put its default beside one that is left out.
  text: {
    analyzer: 'default',
    norms: true,
    index_options: 'positions',
    term_vector: 'no',
    index_phrases: false,
  },
  keyword: { norms: false, index_options: 'docs', split_queries_on_whitespace: false },
  search_as_you_type: {
    analyzer: 'default',
    doc_values: false,
    max_shingle_size: 3,
    norms: true,
    index_options: 'positions',
    term_vector: 'no',
  },
  completion: {
    analyzer: 'simple',
    max_input_length: 50,
    preserve_separators: true,
    preserve_position_increments: true,
  },
  join: { eager_global_ordinals: true },
  date: { format: DATE_FORMAT, locale: '' },
  date_range: { format: DATE_FORMAT, locale: '' },
  binary: { doc_values: false },
  geo_point: { ignore_z_value: true },
  geo_shape: { ignore_z_value: true, coerce: false },
};

/** Defaults that differ from version to version: they count where both mappings set them. */
const OF_VERSION: Readonly<Record<string, readonly string[]>> = { wildcard: ['doc_values'] };

/**
 * The parameters of a field as text, without its sub-fields and without those that only repeat a default: two
 * mappings that mean the same are equal here, however they were written.
 *
 * @param beside the mapping that this one is compared with.
 */
export function parametersInForce(
  { type = 'object', ...field }: FieldMapping,
  beside: FieldMapping,
): Record<string, string> {
  const defaults: Parameters = { ...DEFAULTS, ...OF_TYPE[type] };
  const unsaid = (OF_VERSION[type] ?? []).filter((name) => (beside as Parameters)[name] === undefined);
  const entries = Object.entries(withoutRepetition({ analyzer: defaults['analyzer'], ...field }))
    .filter(
      ([name, value]) => value !== undefined && name !== 'properties' && name !== 'fields' && !unsaid.includes(name),
    )
    .map(([name, value]) => [name, textOf(oneForm(type, name, value, (beside as Parameters)[name]))] as const)
    .filter(([name, text]) => text !== textOf(defaults[name]));
  return Object.fromEntries([...entries, ['type', type]]);
}

/** Each analyzer is the one before it, unless another is named. */
function withoutRepetition({
  analyzer,
  search_analyzer: search = analyzer,
  search_quote_analyzer: quote = search,
  ...others
}: Parameters): Parameters {
  return {
    ...others,
    analyzer,
    ...(search === analyzer ? {} : { search_analyzer: search }),
    ...(quote === search ? {} : { search_quote_analyzer: quote }),
  };
}

/** One element may stand for a list of one, and what is left out inside of a parameter comes back with its default. */
function oneForm(type: string, name: string, value: unknown, beside: unknown): unknown {
  switch (name) {
    case 'copy_to':
      return listOf(value);
    case 'relations':
      return Object.fromEntries(Object.entries(value as Parameters).map(([parent, of]) => [parent, listOf(of)]));
    case 'contexts':
      return (listOf(value) as readonly Parameters[]).map(contextOf);
    case 'locale':
      return localeOf(String(value));
    case 'index_prefixes':
      return { min_chars: 2, max_chars: 5, ...(value as Parameters) };
    case 'method':
      return methodOf(value as Parameters, beside as Parameters | undefined);
    case 'null_value':
      return type === 'geo_point' ? pointOf(value) : value;
    default:
      return value;
  }
}

const listOf = (value: unknown): readonly unknown[] => [value].flat();

/** The default of `engine` differs from version to version. */
function methodOf({ engine, ...method }: Parameters, beside: Parameters | undefined): Parameters {
  const said = beside && beside['engine'] === undefined ? {} : { engine };
  return { space_type: 'l2', parameters: {}, ...said, ...method };
}

/** The type comes back in capitals. */
function contextOf({ type, ...context }: Parameters): Parameters {
  const name = String(type).toLowerCase();
  return { ...(name === 'geo' && { precision: 6 }), ...context, type: name };
}

/** `de-DE` comes back as `de_DE`, and `ROOT` as none. */
function localeOf(value: string): string {
  const locale = value.replaceAll('-', '_').toLowerCase();
  return locale === 'root' ? '' : locale;
}

const POINT_FORMS = [
  /^\s*(?<lat>[-+.\de]+)\s*,\s*(?<lon>[-+.\de]+)\s*$/i,
  /^\s*point\s*\(\s*(?<lon>[-+.\de]+)\s+(?<lat>[-+.\de]+)\s*\)\s*$/i,
];

function pointOf(value: unknown): unknown {
  const { lat, lon } = POINT_FORMS.map((form) => form.exec(String(value))?.groups).find(Boolean) ?? {};
  return lat === undefined ? value : { lat: Number(lat), lon: Number(lon) };
}

/** Numbers and booleans come back as they were sent, or as text; keys of objects in any order. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : canonical(value);
