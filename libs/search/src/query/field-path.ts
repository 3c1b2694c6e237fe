/** Values that end a path. */
export type Scalar = string | number | boolean | bigint | Date | Uint8Array;

type IsAny<V> = 0 extends 1 & V ? true : false;
type AnyFunction = (...args: never[]) => unknown;

/** What a property holds, without null, collection, reference or array around it. */
export type Held<V> = V extends null | undefined
  ? never
  : V extends Scalar
    ? V
    : V extends { getItems(...args: never[]): (infer Element)[] }
      ? Element
      : V extends { unwrap(): infer Target }
        ? Held<Target>
        : V extends readonly (infer Element)[]
          ? Held<Element>
          : V;

/** Names of a class's data: no methods, no symbols. */
export type DataKey<T> = {
  [K in keyof T]-?: K extends string ? (NonNullable<T[K]> extends AnyFunction ? never : K) : never;
}[keyof T];

/** `any`, `unknown` and JSON columns: paths into them are known to the mapping alone. */
type IsOpen<V> = IsAny<V> extends true ? true : unknown extends V ? true : string extends keyof V ? true : false;

type Choices<T, Value> = {
  [K in DataKey<T>]: Held<T[K]> extends Value ? K : Held<T[K]> extends Scalar ? never : `${K}.`;
}[DataKey<T>];

type Step<T, Head extends keyof T & string, Tail extends string, Value> =
  IsOpen<Held<T[Head]>> extends true
    ? `${Head}.${string}`
    : Held<T[Head]> extends Scalar
      ? Held<T[Head]> extends string
        ? `${Head}.${string}`
        : Choices<T, Value>
      : `${Head}.${Valid<Held<T[Head]>, Tail, Value>}`;

type Valid<T, P extends string, Value> = P extends `${infer Head}.${infer Tail}`
  ? Head extends DataKey<T>
    ? Step<T, Head & keyof T & string, Tail, Value>
    : Choices<T, Value>
  : Choices<T, Value>;

/**
 * The path `P` when it leads from `T` over relations and embeddables to a `Value`; else the choices there are at the
 * point where it goes wrong, for the compiler's message. Only the path that is written is walked, so its cost does not
 * grow with the model. After a string, a sub-field may follow (`title.raw`): the mapping knows which, at run time.
 */
export type FieldPath<T, P extends string, Value = unknown> = P extends Valid<T, P, Value> ? P : Valid<T, P, Value>;

/** The value at the end of a valid path. */
export type ValueAt<T, P extends string> = P extends `${infer Head}.${infer Tail}`
  ? Head extends keyof T
    ? IsOpen<Held<T[Head]>> extends true
      ? Scalar
      : Held<T[Head]> extends Scalar
        ? Held<T[Head]>
        : ValueAt<Held<T[Head]>, Tail>
    : never
  : P extends keyof T
    ? IsOpen<Held<T[P]>> extends true
      ? Scalar
      : Held<T[P]>
    : never;
