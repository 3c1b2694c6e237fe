import type { AnyFunction } from './field-path.js';

/** Whether dates of documents come as text, or as Date where the entity has them so. */
export type DateForm = 'text' | 'date';

/** A value as it comes back from the engine: dates and bytes as strings, a bigint as its digits. */
export type JsonOf<V, F extends DateForm = 'text'> = V extends null | undefined | string | number | boolean
  ? V
  : V extends Date | bigint | Uint8Array
    ? V extends Date
      ? { text: string; date: Date }[F]
      : string
    : V extends { getItems(...args: never[]): (infer Element)[] }
      ? readonly DocumentOf<Element, F>[]
      : V extends { unwrap(): infer Target }
        ? JsonOf<Target, F>
        : V extends readonly (infer Element)[]
          ? readonly JsonOf<Element, F>[]
          : V extends object
            ? DocumentOf<V, F>
            : V;

/**
 * `_source` of an entity's documents. Decorators cannot change a class's type, so every property is here: those
 * without `@SearchField`, or outside the `include` of a relation, are not in the document.
 */
export type DocumentOf<T, F extends DateForm = 'text'> = {
  readonly [K in keyof T as K extends string ? (NonNullable<T[K]> extends AnyFunction ? never : K) : never]: JsonOf<
    T[K],
    F
  >;
};

/** A document of which only a part came. */
export type PartOf<D> = D extends Date
  ? D
  : D extends readonly (infer Element)[]
    ? readonly PartOf<Element>[]
    : D extends object
      ? { readonly [K in keyof D]?: PartOf<D[K]> }
      : D;

/** `S`, what comes of each document, with dates as Date. */
export type Dated<T, S> = S extends undefined
  ? S
  : S extends DocumentOf<T>
    ? DocumentOf<T, 'date'>
    : PartOf<DocumentOf<T, 'date'>>;
