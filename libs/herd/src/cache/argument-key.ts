import { HerdRequestError } from '../errors/operation-errors.js';

/**
 * A text for the arguments of one call that no other arguments have: it distinguishes `1` from `'1'` and `1n`, `-0` from `0`, an
 * absent member from `undefined`, and supports Date, RegExp, URL, Map, Set and binary data.
 *
 * @throws HerdRequestError for what cannot be distinguished by what it shows: functions, symbols, instances of classes, circles.
 */
export function argumentKey(args: readonly unknown[], call: string): string {
  return args.map((arg, i) => textOf(arg, { call, path: `argument ${i + 1}`, above: [] })).join(',');
}

type Place = Readonly<{ call: string; path: string; above: readonly object[] }>;

function textOf(value: unknown, place: Place): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'object':
      return value === null ? 'null' : objectText(value, place);
    default:
      throw refusal(place, value, `a ${typeof value}`);
  }
}

function objectText(value: object, place: Place): string {
  if (place.above.includes(value)) throw refusal(place, value, 'a circle');
  const within: Within = (part, name) =>
    textOf(part, { call: place.call, path: `${place.path}${name}`, above: [...place.above, value] });
  const kind = prototypes.get(Object.getPrototypeOf(value) as object | null);
  if (kind === undefined) throw refusal(place, value, 'an instance of a class');
  if (kind === 'Object' || kind === 'null') return recordText(value, kind, place, within);
  if (Array.isArray(value)) return arrayText(value, place, within);
  if (ArrayBuffer.isView(value)) return `${kind}(${hex(value)})`;
  if (Reflect.ownKeys(value).some((name) => name !== 'lastIndex'))
    throw refusal(place, value, `a ${kind} with members of its own`);
  return `${kind}(${builtInText(value, within)})`;
}

type Within = (part: unknown, name: string) => string;

function recordText(value: object, kind: 'Object' | 'null', place: Place, within: Within): string {
  const names = Object.keys(value).sort();
  if (names.length < Reflect.ownKeys(value).length) throw refusal(place, value, 'an object with hidden members');
  const record = value as Readonly<Record<string, unknown>>;
  const members = names.map((name) => `${JSON.stringify(name)}:${within(record[name], `.${name}`)}`);
  return `${kind === 'null' ? '0' : ''}{${members.join(',')}}`;
}

function arrayText(value: readonly unknown[], place: Place, within: Within): string {
  const parts = Array.from(value, (part, i) => (i in value ? within(part, `[${i}]`) : 'hole'));
  // The indices that are there, and `length`.
  if (Reflect.ownKeys(value).length !== parts.filter((part) => part !== 'hole').length + 1)
    throw refusal(place, value, 'an array with members of its own');
  return `[${parts.join(',')}]`;
}

function builtInText(value: object, within: Within): string {
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof RegExp) return JSON.stringify([value.source, value.flags, value.lastIndex]);
  if (value instanceof Set) return [...value].map((item, i) => within(item, `.item ${i + 1}`)).join(',');
  if (value instanceof ArrayBuffer) return hex(new Uint8Array(value));
  if (!(value instanceof Map)) return JSON.stringify((value as URL).toString());
  return [...value]
    .map(([key, item], i) => `${within(key, `.key ${i + 1}`)}=>${within(item, `.value ${i + 1}`)}`)
    .join(',');
}

const constructors = [
  Object,
  Array,
  Date,
  RegExp,
  Map,
  Set,
  URL,
  URLSearchParams,
  ArrayBuffer,
  DataView,
  Buffer,
].concat(
  // Their prototypes differ, one from another.
  [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array] as never[],
  [Float32Array, Float64Array, BigInt64Array, BigUint64Array] as never[],
);
const prototypes: ReadonlyMap<object | null, string> = new Map<object | null, string>([
  [null, 'null'],
  ...constructors.map(({ prototype, name }) => [prototype as object, name] as const),
]);

const hex = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('hex');

const refusal = ({ call, path }: Place, received: unknown, kind: string): HerdRequestError =>
  new HerdRequestError({
    what: `${path} of ${call} is ${kind}, which cannot be distinguished from another by its members`,
    received,
    remedy: 'give @Cached a key',
  });
