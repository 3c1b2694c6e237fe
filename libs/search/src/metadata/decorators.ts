import type { FieldOptions, WithKeys } from './field-names.js';
import type { AnyEntity, IndexedOptions } from './options.js';
import { recordField, recordIndexed, type EntityClass } from './recorder.js';

/**
 * Gives an entity an index of its own; each further one gives it another. Only properties with {@link SearchField} go
 * into its documents.
 *
 * @example
 * \@Entity()
 * \@Indexed({ name: 'passages' })
 * export class Passage { … }
 */
export function Indexed<T extends object = AnyEntity>(
  options: IndexedOptions<T> = {},
): (entity: EntityClass<T>) => void {
  return (entity) => recordIndexed(entity, options);
}

/**
 * Puts a property, a getter or parts of a relation into the documents of the entity. Mistakes are reported at start-up.
 *
 * @example
 * \@SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' } } })
 * \@Property({ type: 'text' }) text!: string;
 *
 * \@SearchField({ include: ['year', 'president.name'] })
 * \@ManyToOne(() => Address) address!: Rel<Address>;
 */
export function SearchField<Keys extends string = never>(
  options: FieldOptions<Keys> = {},
): <T extends object, K extends string | symbol>(prototype: T, property: WithKeys<T, K, Keys>) => void {
  return (prototype, property) => recordField(prototype.constructor, String(property), options);
}
