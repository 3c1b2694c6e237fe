import type { DynamicMapping, FieldType, IndexSettings } from '../contracts/index-body.js';

/** Options of `@Indexed`. */
export interface IndexedOptions {
  /** Name of the index without prefix; the entity's class name in kebab-case when absent. */
  readonly name?: string;
  /** Name of the search that it lives on, where there are several; the default one when absent. */
  readonly engine?: string;
  /** `strict` by default: a document with an unknown field is refused. */
  readonly dynamic?: DynamicMapping;
  /** Index settings, as OpenSearch takes them: `analysis`, `number_of_shards`, `similarity`, … */
  readonly settings?: IndexSettings;
}

/** Parameters of a mapping that fields and sub-fields share. Which type takes which: `mapping/field-parameters.ts`. */
export interface FieldParameters {
  /** Analyzer of a text field, built in or from `settings.analysis`. */
  readonly analyzer?: string;
  /** Analyzer of the words that are searched for, when it differs. */
  readonly searchAnalyzer?: string;
  /** Normalizer of a keyword field, such as `lowercase`. */
  readonly normalizer?: string;
  /** Formats of a date field: `strict_date||epoch_millis`. */
  readonly format?: string;
  /** Strings longer than this many characters are not indexed. */
  readonly ignoreAbove?: number;
  /** Indexed in place of null. */
  readonly nullValue?: string | number | boolean;
  /** Name of a similarity of the settings. */
  readonly similarity?: string;
  readonly scalingFactor?: number;
  readonly index?: boolean;
  readonly docValues?: boolean;
  readonly store?: boolean;
  readonly norms?: boolean;
  /** Numbers of each `knn_vector`. */
  readonly dimension?: number;
  /** How a `knn_vector` is indexed, as OpenSearch takes it: `{ name: 'hnsw', engine: 'lucene', space_type: 'l2' }`. */
  readonly method?: Readonly<Record<string, unknown>>;
  /** Parents and their children of a `join` field: `{ question: ['answer'] }`. */
  readonly relations?: Readonly<Record<string, string | readonly string[]>>;
}

/** A second way to index the same value: `fields: { raw: { type: 'keyword' } }` is found at `text.raw`. */
export interface SubFieldOptions extends FieldParameters {
  readonly type: FieldType;
}

/** Options of `@SearchField`. */
export interface SearchFieldOptions extends FieldParameters {
  /** Inferred from the ORM's type when absent. */
  readonly type?: FieldType;
  readonly fields?: Readonly<Record<string, SubFieldOptions>>;
  /**
   * What to embed of a relation, as paths from it: `['id', 'year', 'president.name']`.
   * The field types are those of the related entity's own `@SearchField`, else inferred.
   */
  readonly include?: readonly string[];
  /** Copies the value to other fields of the root document. */
  readonly copyTo?: string | readonly string[];
}
