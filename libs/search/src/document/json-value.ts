/** A value that JSON has no form for. */
export class UnfitValue extends Error {
  constructor(
    readonly value: unknown,
    readonly remedy: string,
  ) {
    super(remedy);
  }
}

/**
 * The written form of each kind of value: a Date as ISO 8601 in UTC, a bigint as its decimal digits in a string (a
 * JSON number would lose some), bytes as base64, other typed arrays, sets and tuples as lists, a Map as an object by
 * its keys, a Decimal and whatever has `toJSON` as that returns, null as null; undefined is left out.
 *
 * @throws UnfitValue for NaN, infinities, invalid dates, functions, symbols, promises, objects that hold themselves, and
 * instances of classes that show no data.
 */
export function toJsonValue(value: unknown): unknown {
  return written(value, []);
}

/** @param within the objects that hold this value, outermost first */
function written(value: unknown, within: readonly object[]): unknown {
  switch (typeof value) {
    case 'bigint':
      return value.toString();
    case 'number':
      if (!Number.isFinite(value)) throw new UnfitValue(value, 'must be a finite number');
      return value;
    case 'function':
    case 'symbol':
      throw new UnfitValue(value, 'must be data');
    case 'object':
      if (value === null) return null;
      if (within.includes(value)) throw new UnfitValue(value, 'must not hold itself');
      return fromObject(value, [...within, value]);
    default:
      return value;
  }
}

function fromObject(value: object, within: readonly object[]): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new UnfitValue(value, 'must be a valid date');
    return value.toISOString();
  }
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof ArrayBuffer) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) || value instanceof Set || isTypedArray(value))
    return [...value].map((element) => written(element, within) ?? null);
  if (value instanceof Map) return fromEntries(keyed(value), within);
  if (hasMethod(value, 'then'))
    throw new UnfitValue(
      value,
      'must be there already, and is a promise: load it in `preload`, or keep it in a column',
    );
  if (hasMethod(value, 'toJSON')) return fromOwnForm(value, value.toJSON(), within);
  // A lazy scalar of the ORM (`ScalarReference`).
  if (hasMethod(value, 'unwrap')) return written(value.unwrap(), within);
  const entries = Object.entries(value);
  if (entries.length === 0 && !isPlain(value))
    throw new UnfitValue(value, `must be data, and this ${value.constructor.name} shows none: give it a \`toJSON()\``);
  return fromEntries(entries, within);
}

/** What `toJSON` gave may be the object itself, or hold what JSON has no form for. */
function fromOwnForm(value: object, form: unknown, within: readonly object[]): unknown {
  return form === value ? fromEntries(Object.entries(value), within) : written(form, within);
}

function fromEntries(entries: readonly (readonly [string, unknown])[], within: readonly object[]): unknown {
  const made = entries.map(([key, entry]) => [key, written(entry, within)] as const);
  return Object.fromEntries(made.filter(([, entry]) => entry !== undefined));
}

function keyed(map: ReadonlyMap<unknown, unknown>): (readonly [string, unknown])[] {
  return [...map].map(([key, entry]) => {
    if (!['string', 'number', 'bigint'].includes(typeof key))
      throw new UnfitValue(key, 'must be a Map whose keys are texts or numbers');
    return [String(key), entry] as const;
  });
}

function isTypedArray(value: object): value is Iterable<unknown> & object {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Of any realm: its prototype is the last one. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function hasMethod<M extends string>(value: object, method: M): value is Record<M, () => unknown> {
  return typeof (value as Record<M, unknown>)[method] === 'function';
}
