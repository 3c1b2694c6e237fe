import { SearchOptionError } from '../errors/option-error.js';
import type { FieldOptions, KeyOf } from './field-names.js';
import type { AnyEntity, IndexedOptions } from './options.js';
import { recordField, recordIndexed, type EntityClass } from './recorder.js';

// Where it is missing, compilers give decorators no place to leave metadata of a class.
(Symbol as { metadata?: symbol }).metadata ??= Symbol('Symbol.metadata');

/** A field, a getter or an accessor of a class, whose value has the keys that `properties` describes. */
export type Member<V> = (
  ClassFieldDecoratorContext<never, V> | ClassGetterDecoratorContext<never, V> | ClassAccessorDecoratorContext<never, V>
) & { readonly static: false; readonly private: false };

/**
 * `@Indexed` as a stage-3 decorator, beside those of `@mikro-orm/decorators/es`.
 *
 * @example
 * import { Indexed, SearchField } from '@rookery/search/es';
 */
export function Indexed<T extends object = AnyEntity>(
  options: IndexedOptions<T> = {},
): (entity: EntityClass<T>, context: ClassDecoratorContext) => void {
  return (entity) => recordIndexed(entity, options);
}

/**
 * `@SearchField` as a stage-3 decorator.
 *
 * @example
 * \@SearchField({ analyzer: 'english' }) \@Property({ type: 'text' }) accessor text!: string;
 */
export function SearchField<Keys extends string = never>(
  options: FieldOptions<Keys> = {},
): <V>(value: unknown, context: [Exclude<Keys, KeyOf<V>>] extends [never] ? Member<V> : never) => void {
  return (_value, context) => {
    const { metadata, name } = context as ClassFieldDecoratorContext;
    if (!metadata)
      throw new SearchOptionError([
        {
          option: `@SearchField of ${String(name)}`,
          requirement: 'needs a compiler that writes decorator metadata',
          received: metadata,
        },
      ]);
    recordField(metadata, String(name), options);
  };
}
