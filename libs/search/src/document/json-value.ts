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
 * JSON number would lose some), bytes as base64, a Decimal and whatever has `toJSON` as that says, null as null;
 * undefined is left out.
 *
 * @throws UnfitValue for NaN, infinities, invalid dates, functions and symbols.
 */
export function toJsonValue(value: unknown): unknown {
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
      return value === null ? null : fromObject(value);
    default:
      return value;
  }
}

function fromObject(value: object): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new UnfitValue(value, 'must be a valid date');
    return value.toISOString();
  }
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (Array.isArray(value)) return value.map((element) => toJsonValue(element) ?? null);
  if (value instanceof Set) return [...value].map((element) => toJsonValue(element) ?? null);
  if (hasMethod(value, 'toJSON')) return value.toJSON();
  // A lazy scalar of the ORM (`ScalarRef`).
  if (hasMethod(value, 'unwrap')) return toJsonValue(value.unwrap());
  const entries = Object.entries(value).map(([key, entry]) => [key, toJsonValue(entry)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

function hasMethod<M extends string>(value: object, method: M): value is Record<M, () => unknown> {
  return typeof (value as Record<M, unknown>)[method] === 'function';
}
