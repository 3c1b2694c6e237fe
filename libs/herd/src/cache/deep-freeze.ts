/**
 * Freezes a value of plain objects and arrays, so that it can be shared. Others it leaves as they are.
 *
 * @returns false where it holds anything that would stay mutable, such as a Date or a Buffer.
 */
export function deepFreeze(value: unknown): boolean {
  if (!isPlain(value)) return false;
  freeze(value);
  return true;
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function';
  const prototype = Object.getPrototypeOf(value) as unknown;
  const plain = prototype === Object.prototype || prototype === Array.prototype || prototype === null;
  return plain && Object.values(value).every(isPlain);
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}
