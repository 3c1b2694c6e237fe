/** A string of structured fields (RFC 9651, section 3.3.3). Anything but printable ASCII has no place in one and becomes `?`. */
export function structuredString(value: string): string {
  return `"${value.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
