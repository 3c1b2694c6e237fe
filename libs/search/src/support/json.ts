/**
 * A whole number that may be beyond 2^53, which begins with a 9 where it has 16 digits: so a version in microseconds of the
 * day is none. As a number of JSON it stands between these signs: fractions, and texts of digits, as ids often are, are none.
 * Text without one is parsed at full speed, in a thirtieth of the time.
 */
const LONG_NUMBER = /(?:^|[\s:,[-])(?:9\d{15}|\d{17,})(?=[\s,\]}]|$)/;
const WHOLE = /^-?\d+$/;

interface JsonSource {
  readonly source?: string;
}
type Reviver = (this: unknown, name: string, value: unknown, context: JsonSource) => unknown;
const JSON_WITH_SOURCES = JSON as unknown as {
  parse(text: string, reviver?: Reviver): unknown;
  rawJSON(text: string): object;
};

/**
 * Parses JSON so that every whole number is exact: one beyond 2^53 comes as the text of its digits. `__proto__` is a name
 * like any other.
 */
export function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON_WITH_SOURCES.parse(text, exact) : JSON.parse(text);
}

function exact(_name: string, value: unknown, { source }: JsonSource): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return WHOLE.test(source) ? source : value;
}

/** JSON in which a bigint is a number of all its digits. */
export function formatJson(value: unknown): string {
  try {
    // Without a function for each value it needs a third of the time; a bigint makes it throw.
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_name, inner: unknown) =>
      typeof inner === 'bigint' ? JSON_WITH_SOURCES.rawJSON(inner.toString()) : inner,
    );
  }
}
