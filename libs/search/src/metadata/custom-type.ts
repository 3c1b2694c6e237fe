import type { EntityProperty, Type } from '@mikro-orm/core';

/** The ORM marks its own types so; 6.6 does not, and there only these two have a `toJSON` that adds nothing. */
const ORM_TYPE = Symbol.for('@mikro-orm/type');
const WITHOUT_MARK: readonly string[] = ['ArrayType', 'BigIntType', 'EnumArrayType'];
/** Types of 6.6 for columns of keys, whose values foreign keys hold as they are. */
const OF_KEYS_WITHOUT_MARK: readonly string[] = ['BooleanType', 'DateType', 'DecimalType', 'DoubleType', 'TimeType'];

/**
 * How a custom type of the application shows its values: by its `toJSON`; without one an instance of a class, which the
 * field could not hold, by its database value. `undefined` for the ORM's own types.
 */
export function convertOf({ customType, columnTypes }: EntityProperty): ((value: unknown) => unknown) | undefined {
  const type = customType as Type<unknown, unknown> | undefined;
  if (!type || isOfOrm(type)) return undefined;
  const { platform } = type as unknown as { platform: never };
  if (type.toJSON !== rootOf(type).toJSON) return (value) => type.toJSON(value, platform);
  const inJson = columnTypes?.[0]?.toLowerCase().startsWith('json') === true;
  return (value) => {
    if (!isOpaque(value)) return value;
    const kept = type.convertToDatabaseValue(value, platform);
    return inJson && typeof kept === 'string' ? (JSON.parse(kept) as unknown) : kept;
  };
}

/** Whether values of a custom type of the application are others in the database. */
export function convertsValues({ customType }: EntityProperty): boolean {
  const type = customType as Type<unknown, unknown> | undefined;
  if (!type || isOfOrm(type) || isUnmarked(type, OF_KEYS_WITHOUT_MARK)) return false;
  const root = rootOf(type);
  return type.convertToDatabaseValue !== root.convertToDatabaseValue || type.convertToJSValue !== root.convertToJSValue;
}

function isOfOrm(type: object): boolean {
  if (Object.hasOwn(type.constructor, ORM_TYPE)) return true;
  return isUnmarked(type, WITHOUT_MARK);
}

function isUnmarked(type: object, names: readonly string[]): boolean {
  return !('getOrmType' in type.constructor) && names.includes(type.constructor.name);
}

/** The prototype that all types share. */
function rootOf(type: object): Type<unknown, unknown> {
  let prototype = Object.getPrototypeOf(type) as object;
  for (let next = prototype; next && 'convertToJSValue' in next; next = Object.getPrototypeOf(next) as object)
    prototype = next;
  return prototype as Type<unknown, unknown>;
}

/** An instance of a class without a form of its own in JSON. */
function isOpaque(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const known = [Date, Map, Set, Uint8Array, Array, Promise].some((kind) => value instanceof kind);
  const prototype = Object.getPrototypeOf(value) as object | null;
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  const saysItself = ['toJSON', 'unwrap', 'toPostgres'].some((name) => name in value);
  return !known && !plain && !saysItself;
}
