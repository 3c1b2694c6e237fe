type AnyFunction = (...args: never[]) => unknown;

/** A value as it comes back from the engine: dates and bytes as strings, a bigint as its digits. */
export type JsonOf<V> = V extends null | undefined | string | number | boolean
  ? V
  : V extends Date | bigint | Uint8Array
    ? string
    : V extends { getItems(...args: never[]): (infer Element)[] }
      ? readonly DocumentOf<Element>[]
      : V extends { unwrap(): infer Target }
        ? JsonOf<Target>
        : V extends readonly (infer Element)[]
          ? readonly JsonOf<Element>[]
          : V extends object
            ? DocumentOf<V>
            : V;

/**
 * `_source` of an entity's documents. Decorators cannot change a class's type, so every property is here: those
 * without `@SearchField`, or outside the `include` of a relation, are not in the document.
 */
export type DocumentOf<T> = {
  readonly [K in keyof T as K extends string ? (NonNullable<T[K]> extends AnyFunction ? never : K) : never]: JsonOf<T[K]>;
};

/** A document of which only a part came. */
export type PartOf<D> = D extends readonly (infer Element)[] ? readonly PartOf<Element>[] : D extends object ? { readonly [K in keyof D]?: PartOf<D[K]> } : D;
