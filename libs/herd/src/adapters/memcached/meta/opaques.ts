/**
 * The numbers that a connection goes through before it begins anew. Replies come in the order of the requests, so one that is out of
 * step has another number, unless it is out by a million: no connection has so many on their way.
 */
export const smallestOpaque = 1000;
export const largestOpaque = 999_999;

/** The last three digits and the end of the line, made once: to make a number's text costs as much as to read an answer. */
const ends = Array.from({ length: 1000 }, (_, i) => `${String(i).padStart(3, '0')}\r\n`);

let thousands = -1;
let beginning = '';

/** The opaque as the end of a command's line. */
export function opaqueText(opaque: number): string {
  const last = opaque % 1000;
  const before = (opaque - last) / 1000;
  if (before !== thousands) [thousands, beginning] = [before, ` O${before}`];
  return beginning + ends[last]!;
}
