import { SearchOptionError } from '../errors/option-error.js';
import type { EntityOrSchema, FieldsOf } from './field-names.js';
import type { IndexedOptions } from './options.js';
import {
  indexNameOf,
  OF_INDEX,
  recordField,
  recordFurtherIndex,
  recordSchema,
  type EntityClass,
  type SchemaOfEntity,
} from './recorder.js';

/** The options of `@Indexed` and `@SearchField`, in one place. */
export interface IndexDefinitionOptions<T> extends IndexedOptions<T> {
  /** What goes into the documents, by property. */
  readonly fields: FieldsOf<T>;
}

/**
 * Gives an entity an index, as `@Indexed` and `@SearchField` do; each further call gives it another. For entities of
 * `defineEntity` and `EntitySchema`, and for classes that are not to be decorated. Mistakes are reported at start-up.
 *
 * @returns the entity's class, which stands for it: `search.repository(Books)`
 * @throws SearchOptionError for what is no entity
 * @example
 * const Book = defineEntity({ name: 'Book', properties: { id: p.integer().primary(), title: p.text() } });
 * export const Books = defineIndex(Book, { name: 'books', fields: { title: { analyzer: 'english' } } });
 */
export function defineIndex<T extends object>(
  entity: EntityOrSchema<T>,
  { fields, ...options }: IndexDefinitionOptions<T>,
): EntityClass<T> {
  const type = classOf('defineIndex', entity);
  record(type, fields, indexNameOf(type, options));
  recordFurtherIndex(type, options);
  return type;
}

/**
 * Says how properties are indexed wherever their entity or embeddable is embedded, as `@SearchField` does in a class
 * without `@Indexed`.
 *
 * @throws SearchOptionError for what is no entity
 * @example defineFields(Author, { name: { analyzer: 'english' }, born: {} });
 */
export function defineFields<T extends object>(entity: EntityOrSchema<T>, fields: FieldsOf<T>): EntityClass<T> {
  const type = classOf('defineFields', entity);
  record(type, fields, undefined);
  return type;
}

function record(type: EntityClass, fields: object | undefined, index: string | undefined): void {
  for (const [name, field] of Object.entries(fields ?? {}) as [string, object][])
    recordField(type, name, index === undefined ? field : { ...field, [OF_INDEX]: index });
}

function classOf<T extends object>(call: string, entity: EntityOrSchema<T>): EntityClass<T> {
  if (typeof entity === 'function') return entity;
  const schema = entity as SchemaOfEntity | undefined;
  const type = schema?.meta?.class;
  if (typeof type !== 'function')
    throw new SearchOptionError([
      { option: call, requirement: 'needs a class of entities, or a schema that has its `class`', received: entity },
    ]);
  recordSchema(schema!, type as EntityClass);
  return type as EntityClass<T>;
}
