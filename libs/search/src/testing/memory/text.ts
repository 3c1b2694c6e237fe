/** A value of JSON as it is in messages and names: an object is shown whole. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
