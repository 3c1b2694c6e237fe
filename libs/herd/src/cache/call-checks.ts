import { CheckedCodec } from '../codec/checked-codec.js';
import type { Codec } from '../contracts/codec.js';
import { HerdRequestError } from '../errors/operation-errors.js';
import { keysOf } from '../support/entries.js';
import { checkText } from '../support/key-text.js';
import { hasMethod } from '../support/option-checks.js';

/** @throws HerdRequestError for what is no list of texts: what is none would be one with another that is written alike. */
export function textsOf(command: string, keys: readonly string[]): readonly string[] {
  keysOf(command, keys).forEach(checkText);
  return keys;
}

/** @throws HerdRequestError at once, also where a value is there and nothing would be loaded. */
export function checkLoad(command: string, load: unknown): void {
  if (typeof load !== 'function')
    throw new HerdRequestError({
      what: `${command} needs a function that loads`,
      received: load,
      remedy: 'pass () => value',
    });
}

/** @throws HerdRequestError for what `load` of `getOrSetMany` gave, where that is no Map. */
export function loadedMap<Value>(loaded: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  if (loaded instanceof Map || (hasMethod(loaded, 'get') && hasMethod(loaded, 'has'))) return loaded;
  throw new HerdRequestError({
    what: 'load of getOrSetMany must give a Map of the values by their keys',
    received: loaded,
    remedy: 'give new Map(rows.map((row) => [row.id, row]))',
  });
}

/** Whether a value is as plain code makes it, and so not left out. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  return Array.isArray(value) || (Object.getPrototypeOf(value) === Object.prototype && !hasMethod(value, 'toJSON'));
}

/**
 * Within an entry a codec leaves out what it has no form for, and the entry would then be a known absence.
 *
 * @throws HerdRequestError for a value of which nothing would be stored.
 */
export function checkForm(codec: Codec, key: string, value: unknown): void {
  if (value === undefined)
    throw new HerdRequestError({
      what: `There is no value for ${JSON.stringify(key)}`,
      received: value,
      remedy: 'delete the key, or give null',
    });
  if (!isPlain(value)) new CheckedCodec(codec, Infinity).write(key, value);
}
