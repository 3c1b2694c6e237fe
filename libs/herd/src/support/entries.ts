import type { CasEntry } from '../contracts/key-value-commands.js';
import { HerdRequestError } from '../errors/operation-errors.js';

/**
 * The keys of a call with many.
 *
 * @throws HerdRequestError for what is no list, or has gaps.
 */
export function keysOf(command: string, keys: readonly string[]): readonly string[] {
  const given: unknown = keys;
  if (Array.isArray(given) && !hasGaps(given)) return keys;
  throw new HerdRequestError({
    what: `${command} needs a list of keys`,
    received: keys,
    remedy: 'pass an array of strings, such as [...keys]',
  });
}

/** `map` would pass over them. */
const hasGaps = (list: readonly unknown[]): boolean =>
  list.includes(undefined) && Object.keys(list).length < list.length;

/**
 * The entries of a call with many keys, each key once, with its last value.
 *
 * @throws HerdRequestError for what is no list of `[key, value]`.
 */
export function entriesOf<Value>(
  command: string,
  entries: Iterable<readonly [key: string, value: Value]>,
): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  const isList = typeof (entries as { [Symbol.iterator]?: unknown } | undefined)?.[Symbol.iterator] === 'function';
  for (const entry of isList ? entries : [undefined]) {
    if (!Array.isArray(entry) || entry.length !== 2)
      throw new HerdRequestError({
        what: `${command} needs entries of [key, value]`,
        received: isList ? entry : entries,
        remedy: 'pass a Map, or Object.entries(…)',
      });
    const [key, value] = entry as unknown as readonly [string, Value];
    found.set(key, value);
  }
  return found;
}

/** `entries` with what `make` gives for each value. */
export const mapped = <Value, Made>(
  entries: ReadonlyMap<string, Value>,
  make: (value: Value, key: string) => Made,
): ReadonlyMap<string, Made> => new Map([...entries].map(([key, value]) => [key, make(value, key)]));

/** The entries of `casMany`. @throws HerdRequestError for what is no list of `[key, { value, cas }]`. */
export function casEntriesOf(entries: Iterable<readonly [key: string, CasEntry]>): ReadonlyMap<string, CasEntry> {
  const found = entriesOf('casMany', entries);
  for (const [key, entry] of found)
    if (typeof (entry as Partial<CasEntry> | undefined)?.cas !== 'string')
      throw new HerdRequestError({
        what: `casMany needs { value, cas } for ${JSON.stringify(key)}`,
        received: entry,
        remedy: 'pass the cas that getsMany() gave',
      });
  return found;
}
