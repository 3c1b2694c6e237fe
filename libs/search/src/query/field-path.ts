/** A value that hits can be ordered by. */
export type Sortable = string | number | boolean | bigint | Date;

/** Values that end a path. */
export type Scalar = string | number | boolean | bigint | Date | Uint8Array;

export type IsAny<V> = 0 extends 1 & V ? true : false;
export type AnyFunction = (...args: never[]) => unknown;

/** What a property holds, without null, collection, reference or array around it. */
export type Unwrapped<V> = V extends null | undefined
  ? never
  : V extends Scalar
    ? V
    : V extends { getItems(...args: never[]): (infer Element)[] }
      ? Element
      : V extends { unwrap(): infer Target }
        ? Unwrapped<Target>
        : V extends readonly (infer Element)[]
          ? Unwrapped<Element>
          : V;

/** Names of a class's data: no methods, no symbols. */
export type DataKey<T> = {
  [K in keyof T]-?: K extends string ? (NonNullable<T[K]> extends AnyFunction ? never : K) : never;
}[keyof T];

/** `any`, `unknown` and JSON columns: paths into them are in the mapping alone. */
export type IsOpenObject<V> =
  IsAny<V> extends true ? true : unknown extends V ? true : string extends keyof V ? true : false;

export type Choices<T, Value> = {
  [K in DataKey<T>]: Unwrapped<T[K]> extends Value ? K : Unwrapped<T[K]> extends Scalar ? never : `${K}.`;
}[DataKey<T>];

export type Step<T, Head extends keyof T & string, Tail extends string, Value> =
  IsOpenObject<Unwrapped<T[Head]>> extends true
    ? `${Head}.${string}`
    : Unwrapped<T[Head]> extends Scalar
      ? Unwrapped<T[Head]> extends string
        ? `${Head}.${string}`
        : Choices<T, Value>
      : `${Head}.${ValidPath<Unwrapped<T[Head]>, Tail, Value>}`;

export type ValidPath<T, P extends string, Value> = P extends `${infer Head}.${infer Tail}`
  ? Head extends DataKey<T>
    ? Step<T, Head & keyof T & string, Tail, Value>
    : Choices<T, Value>
  : Choices<T, Value>;

/**
 * The path `P` when it leads from `T` over relations and embeddables to a `Value`; else the choices there are at the
 * point where it goes wrong, for the compiler's message. Only the path that is written is walked, so its cost does not
 * grow with the model. After a string, a sub-field may follow (`title.raw`): the mapping has it, at run time.
 */
export type FieldPath<T, P extends string, Value = unknown> =
  P extends ValidPath<T, P, Value> ? P : ValidPath<T, P, Value>;

/** The value at the end of a valid path. */
export type ValueAt<T, P extends string> = P extends `${infer Head}.${infer Tail}`
  ? Head extends keyof T
    ? IsOpenObject<Unwrapped<T[Head]>> extends true
      ? Scalar
      : Unwrapped<T[Head]> extends Scalar
        ? Unwrapped<T[Head]>
        : ValueAt<Unwrapped<T[Head]>, Tail>
    : never
  : P extends keyof T
    ? IsOpenObject<Unwrapped<T[P]>> extends true
      ? Scalar
      : Unwrapped<T[P]>
    : never;
