/** Types of OpenSearch fields that `@SearchField({ type })` accepts. */
export const FIELD_TYPES = [
  'text',
  'keyword',
  'integer',
  'long',
  'short',
  'byte',
  'float',
  'double',
  'half_float',
  'scaled_float',
  'boolean',
  'date',
  'binary',
  'ip',
  'object',
  'nested',
  'flat_object',
  'geo_point',
  'search_as_you_type',
  'completion',
  'knn_vector',
  'join',
  'integer_range',
  'long_range',
  'float_range',
  'double_range',
  'date_range',
  'ip_range',
  'geo_shape',
  'token_count',
  'wildcard',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** One field of a mapping, as OpenSearch reads it. */
export interface FieldMapping {
  readonly type: FieldType;
  readonly properties?: Readonly<Record<string, FieldMapping>>;
  readonly fields?: Readonly<Record<string, FieldMapping>>;
  readonly [parameter: string]: unknown;
}

export interface IndexMappings {
  readonly dynamic: DynamicMapping;
  readonly properties: Readonly<Record<string, FieldMapping>>;
  readonly _meta?: Readonly<Record<string, unknown>>;
  /** Whether writes without routing are refused. */
  readonly _routing?: Readonly<{ required: boolean }>;
  /** `date_detection`, `dynamic_templates`, `_source`, … */
  readonly [option: string]: unknown;
}

/** What happens to a field that the mapping does not have: refuse, drop, or map by its first value. */
export type DynamicMapping = 'strict' | false | true;

export type IndexSettings = Readonly<Record<string, unknown>>;

export interface IndexBody {
  readonly settings: IndexSettings;
  readonly mappings: IndexMappings;
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What an alias shows of its index, as OpenSearch reads it. */
export interface AliasOptions {
  /** A query in the language of the engine: what it does not match is not there. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Shards of searches, several by commas. */
  readonly search_routing?: string;
  /** Shard of writes. */
  readonly index_routing?: string;
}

/** A concrete index as the engine has it. */
export interface IndexState {
  readonly index: string;
  readonly aliases: readonly string[];
  /** Of those aliases that have a filter or routing of their own. */
  readonly aliasOptions?: Readonly<Record<string, AliasOptions>>;
  /** `_meta` of its mapping; the library keeps the hash of mapping and settings there. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly mappings: IndexMappings;
  /** Flat, as text: `{ 'index.number_of_shards': '1' }`. */
  readonly settings: IndexSettings;
}
