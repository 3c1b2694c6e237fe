import type { DocumentKey } from '../document/document-builder.js';

/**
 * Keys as the property takes them, also where they come as the text of an id. One that is no number cannot be a row of
 * a numeric key, and the database would refuse the whole query.
 *
 * @param runtimeType type of the property in JavaScript
 */
export function fittingKeys(keys: readonly DocumentKey[], runtimeType: string): DocumentKey[] {
  if (runtimeType === 'bigint') return keys.filter((key) => /^-?\d+$/.test(String(key))).map(BigInt);
  if (runtimeType !== 'number') return [...keys];
  return keys.map(Number).filter(Number.isSafeInteger);
}
