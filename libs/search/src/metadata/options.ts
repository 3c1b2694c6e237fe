import type { EntityManager, FilterQuery } from '@mikro-orm/core';
import type { DynamicMapping, FieldType, IndexSettings } from '../contracts/index-body.js';
import type { ParameterOf } from './field-parameters.js';

/** How the documents of an index follow the database. */
export type SyncMode = 'outbox' | 'after-commit' | 'manual';

export const SYNC_MODES: readonly SyncMode[] = ['outbox', 'after-commit', 'manual'];

/** What the functions of `@Indexed` accept where their entity is not named: `(passage: Passage) => …` names it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a decorator has no type of the class that it stands on
export type AnyEntity = any;

/**
 * Options of `@Indexed`.
 *
 * @example
 * \@Indexed<Passage>({
 *   name: 'passages',
 *   id: ({ slug }) => `passage:${slug}`,
 *   routing: 'tenant',
 *   reads: ['remark', 'address.president.name'],
 *   document: (passage, document) => ({ ...document, title: `${passage.address.president.name}: ${passage.remark}` }),
 *   properties: { title: { type: 'text' } },
 * })
 */
export interface IndexedOptions<T = AnyEntity> {
  /** Name of the index without prefix; the entity's class name in kebab-case when absent. */
  readonly name?: string;
  /** Name of the search that it lives on, where there are several; the default one when absent. */
  readonly engine?: string;
  /** How its documents follow the database; the module's `sync` when absent. */
  readonly sync?: SyncMode;
  /** `strict` by default: a document with an unknown field is refused. */
  readonly dynamic?: DynamicMapping;
  /** Index settings, as OpenSearch accepts them: `analysis`, `number_of_shards`, `similarity`, … */
  readonly settings?: IndexSettings;
  /** Other options of the mapping, as OpenSearch accepts them: `date_detection`, `dynamic_templates`, `_source`, … */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** Fields that no property stands for: what `document` adds, or what others `copyTo`. */
  readonly properties?: Readonly<Record<string, AddedFieldOptions>>;
  /**
   * Id of a document: a property that is unique and never null, or a function that puts text around one. The primary
   * key when absent. It may change: the document of the old id then goes.
   */
  readonly id?: (keyof T & string) | ((entity: T) => string);
  /**
   * Documents of one value live on one shard: a property, a to-one relation (its key) or a function. It may change: the
   * document then moves. Searches may pass it with `query().options({ routing })`; calls on one document have to.
   */
  readonly routing?: (keyof T & string) | ((entity: T) => string | number | bigint);
  /**
   * Which rows have a document, in the ORM's own conditions: `{ deletedAt: null }`, `{ seller: { active: true } }`. The
   * database decides. A change of what they mention makes the document come or go, also over relations.
   */
  readonly where?: FilterQuery<T>;
  /**
   * The same by filters that the entity defines (`@Filter`), with their parameters: `['softDelete']`,
   * `{ tenant: { id: 1 } }`. No other filter applies, whatever its `default`.
   */
  readonly filters?: readonly string[] | Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;
  /**
   * The same for what only code can decide; list what it `reads`. What it throws refuses this document alone, and the
   * index keeps what it has of it.
   */
  readonly when?: (entity: T) => boolean;
  /**
   * What `document`, `when`, `routing` and `preload` read besides the fields: columns, relations (all columns of their rows) and
   * columns of relations. It is loaded for them, and a change of it changes the document. Without it, functions see
   * every column of the entity and no relation but those of fields, and any change of the entity counts.
   */
  readonly reads?: readonly string[];
  /** Called once for each batch of rows before their documents are built, to load what is no row of this database. */
  readonly preload?: (entities: readonly T[], em: EntityManager) => void | Promise<void>;
  /**
   * Makes the document of a row from what the fields give; the result replaces that. `undefined`: the row has none. What
   * it throws refuses this document alone.
   */
  readonly document?: (entity: T, document: Record<string, unknown>) => object | undefined;
}

/** Every parameter of a mapping. Which type accepts which: `field-parameters.ts`. */
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
  /** Analyzer of phrases that are searched for. */
  readonly searchQuoteAnalyzer?: string;
  /** Locale of month and day names in a date format. */
  readonly locale?: string;
  /** Whether numbers in strings are accepted, and fractions cut. */
  readonly coerce?: boolean;
  /** A value of the wrong form is left out of the index instead of refusing the document. */
  readonly ignoreMalformed?: boolean;
  readonly indexOptions?: 'docs' | 'freqs' | 'positions' | 'offsets';
  readonly termVector?: 'no' | 'yes' | 'with_positions' | 'with_offsets' | 'with_positions_offsets';
  /** Gap between the values of a list, so that a phrase does not run over two. */
  readonly positionIncrementGap?: number;
  readonly indexPhrases?: boolean;
  readonly indexPrefixes?: Readonly<{ min_chars?: number; max_chars?: number }>;
  readonly eagerGlobalOrdinals?: boolean;
  readonly splitQueriesOnWhitespace?: boolean;
  /** Words that are searched for together by `search_as_you_type`, 2 to 4. */
  readonly maxShingleSize?: 2 | 3 | 4;
  /** Letters of a completion at most. */
  readonly maxInputLength?: number;
  readonly preserveSeparators?: boolean;
  readonly preservePositionIncrements?: boolean;
  readonly contexts?: readonly Readonly<Record<string, unknown>>[];
  readonly ignoreZValue?: boolean;
  /** Whether the keys of a JSON object are indexed; false keeps it in the document alone. */
  readonly enabled?: boolean;
  /** Numbers of each `knn_vector`. */
  readonly dimension?: number;
  /** How a `knn_vector` is indexed, as OpenSearch accepts it: `{ name: 'hnsw', engine: 'lucene', space_type: 'l2' }`. */
  readonly method?: Readonly<Record<string, unknown>>;
  /** Parents and their children of a `join` field: `{ question: ['answer'] }`. */
  readonly relations?: Readonly<Record<string, string | readonly string[]>>;
}

/** A type with the parameters that it accepts, and no others. */
export type FieldOptionsOf<T extends FieldType> = { readonly type: T } & Pick<FieldParameters, ParameterOf<T>> & {
    readonly [K in Exclude<keyof FieldParameters, ParameterOf<T>>]?: never;
  };

/** Without a type any parameter: which ones fit is checked at start-up, when the type is inferred. */
export type InferredFieldOptions = { readonly type?: undefined } & FieldParameters;

/** A second way to index the same value: `fields: { raw: { type: 'keyword' } }` is found at `text.raw`. */
export type SubFieldOptions = { [T in FieldType]: FieldOptionsOf<T> }[FieldType];

/** A field that no property stands for, or a key of a JSON value. */
export type AddedFieldOptions = SubFieldOptions & Pick<SharedFieldOptions, 'fields' | 'copyTo' | 'properties'>;

/** Options of `@SearchField`: `type`, inferred from the ORM's type when absent, with the parameters that it accepts. */
export type SearchFieldOptions = (SubFieldOptions | InferredFieldOptions) & SharedFieldOptions;

/** Descriptions of the keys of a JSON value. */
export type KeyDescriptions = Readonly<Record<string, AddedFieldOptions>>;

/** What a field of any type accepts. */
export interface SharedFieldOptions<Keys = KeyDescriptions> {
  readonly fields?: Readonly<Record<string, SubFieldOptions>>;
  /**
   * What to embed of a relation, as paths from it: `['id', 'year', 'president.name']`.
   * The field types are those of the related entity's own `@SearchField`, else inferred.
   */
  readonly include?: readonly string[];
  /**
   * Which elements of a collection are embedded, in the ORM's own conditions of the related entity:
   * `{ approved: true }`. A change of what they mention changes the document.
   */
  readonly where?: Readonly<Record<string, unknown>>;
  /**
   * Names of the indices (without prefix) that these options are for. Without it they are for every index of the entity
   * that no other `@SearchField` of the property names. Included in another entity's document, they are for that index.
   */
  readonly in?: string | readonly string[];
  /** Copies the value to other fields of the root document. */
  readonly copyTo?: string | readonly string[];
  /**
   * Describes the keys of a JSON value, with `type: 'object'` or `'nested'`: they are in the document with these types,
   * other keys are not.
   *
   * @example
   * \@SearchField({ type: 'nested', properties: { size: { type: 'keyword' }, price: { type: 'double' } } })
   * \@Property({ type: 'json' }) offers!: { size: string; price: number }[];
   */
  readonly properties?: Keys;
}
