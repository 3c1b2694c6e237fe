import { keyTextOf } from '../document/document-builder.js';
import { splitKeyText } from '../document/document-id.js';
import type { IndexModel } from '../metadata/index-model.js';
import type { DocumentKey, KeyPart, KeyValue } from '../metadata/key-parts.js';

/**
 * Keys as the properties hold them, also where they come as the texts of an id. One with more or fewer values than the
 * key has, or that is no number where one is needed, can be of no row, and the database would refuse the whole query.
 */
export function fittingKeys(keys: readonly DocumentKey[], parts: readonly KeyPart[]): DocumentKey[] {
  const [first] = parts;
  if (parts.length === 1)
    return keys.flatMap((key) => {
      const value = typeof key === 'object' ? undefined : fitting(key, first!.runtimeType);
      return value === undefined ? [] : [value];
    });
  return keys.flatMap((key): DocumentKey[] => {
    if (typeof key !== 'object' || key.length !== parts.length) return [];
    const values = key.map((value, at) => fitting(value, parts[at]!.runtimeType));
    return values.every((value) => value !== undefined) ? [values] : [];
  });
}

/** The key that a document's id stands for; its text where it is none of this model. */
export function keyOfId(model: Pick<IndexModel, 'identity'>, id: string): DocumentKey {
  const { parts } = model.identity;
  const text = keyTextOf(model, id);
  const key = parts.length === 1 ? text : splitKeyText(text);
  return (key && fittingKeys([key], parts)[0]) ?? text;
}

function fitting(value: KeyValue, runtimeType: string): KeyValue | undefined {
  if (runtimeType === 'bigint') return /^-?\d+$/.test(String(value)) ? BigInt(value) : undefined;
  if (runtimeType !== 'number') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : undefined;
}
