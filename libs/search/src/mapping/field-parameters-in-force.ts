import type { FieldMapping } from '../contracts/index-body.js';

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
};
const OF_TYPE: Readonly<Record<string, Parameters>> = {
  text: {
    norms: true,
    index_options: 'positions',
    term_vector: 'no',
    position_increment_gap: 100,
    index_phrases: false,
  },
  keyword: { norms: false, index_options: 'docs', split_queries_on_whitespace: false },
  search_as_you_type: {
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
  const entries = Object.entries(withoutRepetition(field))
    .filter(
      ([name, value]) => value !== undefined && name !== 'properties' && name !== 'fields' && !unsaid.includes(name),
    )
    .map(([name, value]) => [name, textOf(oneForm(name, value))] as const)
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

/** One element may stand for a list of one, and types of contexts come back in capitals. */
function oneForm(name: string, value: unknown): unknown {
  if (name === 'copy_to') return [value].flat();
  if (name === 'relations')
    return Object.fromEntries(
      Object.entries(value as Parameters).map(([parent, children]) => [parent, [children].flat()]),
    );
  if (name === 'contexts')
    return (value as readonly Parameters[]).map((context) => ({
      ...context,
      type: String(context['type']).toLowerCase(),
    }));
  return value;
}

/** Numbers and booleans come back as they were sent, or as text. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
