import { assertClaimed, refused } from '../refusals.js';

export type Json = Readonly<Record<string, unknown>>;

/** The body of a clause. @throws SearchEngineError unless it is an object */
export function bodyOf(name: string, body: unknown): Json {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json;
  throw refused('parsing_exception', `[${name}] query malformed, no start_object after query name`);
}

/** `{ field: value }` or `{ field: { [main]: value, …options } }`. @throws SearchUnclaimedError for other options */
export function fieldAndOptions(
  name: string,
  body: unknown,
  main: string,
  options: readonly string[] = [],
): { readonly path: string; readonly value: unknown; readonly options: Json } {
  const entries = Object.entries(bodyOf(name, body));
  if (entries.length !== 1)
    throw refused('parsing_exception', `[${name}] query needs one field (got ${entries.length})`);
  const [path, given] = entries[0]!;
  if (typeof given !== 'object' || given === null) return { path, value: given, options: {} };
  const { [main]: value, ...others } = given as Json;
  assertClaimed(`the query ${name}`, others, [...options, 'boost', '_name']);
  return { path, value, options: others };
}

export function boostOf({ boost = 1 }: Json): number {
  return Number(boost);
}
