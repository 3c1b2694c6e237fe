import type { EntitySchema } from '@mikro-orm/core';
import type {
  AddedFieldOptions,
  InferredFieldOptions,
  SearchFieldOptions,
  SharedFieldOptions,
  SubFieldOptions,
} from './options.js';
import type { EntityClass } from './recorder.js';

export type Single = string | number | boolean | bigint | symbol | Date | Uint8Array;

/** What a value holds, without null, list, Map or lazy wrapper around it. */
export type Held<V> = V extends null | undefined
  ? never
  : V extends Single
    ? V
    : V extends ReadonlyMap<infer K, infer E>
      ? Record<K & string, E>
      : V extends ReadonlySet<infer E>
        ? Held<E>
        : V extends readonly (infer E)[]
          ? Held<E>
          : V extends { unwrap(): infer E }
            ? Held<E>
            : V;

/** The keys of a JSON value; of any name where its type does not have them. */
export type KeyOf<V> = unknown extends V ? string : KeyOfEach<Held<V>>;

/** Of each member of a union. */
export type KeyOfEach<V> = V extends Single ? never : [keyof V] extends [never] ? string : keyof V & string;

/** The property's name, or what is wrong with the keys that `properties` describes, for the compiler's message. */
export type WithKeys<T, K extends string | symbol, Keys extends string> = K extends keyof T
  ? [Exclude<Keys, KeyOf<T[K]>>] extends [never]
    ? K
    : `\`${Exclude<Keys, KeyOf<T[K]>>}\` is no key of the property's type`
  : K;

/** Options of `@SearchField`, with the keys of `properties` by name. */
export type FieldOptions<Keys extends string> = SearchFieldOptions & {
  readonly properties?: Readonly<Record<Keys, AddedFieldOptions>>;
};

/** Keys of a JSON value as deep as its type goes. */
export type KeysIn<V> = unknown extends V
  ? Readonly<Record<string, AddedFieldOptions>>
  : { readonly [K in KeyOf<V>]?: KeyOptions<Held<V>[K & keyof Held<V>]> };

export type KeyOptions<V> = SubFieldOptions & Pick<SharedFieldOptions<KeysIn<V>>, 'fields' | 'copyTo' | 'properties'>;

/** Names of an entity's data: no methods, no symbols. */
export type FieldName<T> = {
  [K in keyof T]-?: K extends string ? (NonNullable<T[K]> extends (...args: never[]) => unknown ? never : K) : never;
}[keyof T];

/** Fields of a document by property of its entity. */
export type FieldsOf<T> = {
  readonly [K in FieldName<T>]?: (SubFieldOptions | InferredFieldOptions) & SharedFieldOptions<KeysIn<T[K]>>;
};

/** An entity by its class, or by its schema: `defineEntity` and `EntitySchema` give one. */
export type EntityOrSchema<T extends object> =
  EntityClass<T> | EntitySchema<T, never> | { readonly '~entity': T; readonly meta: { readonly class: unknown } };
