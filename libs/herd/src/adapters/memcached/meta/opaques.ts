/**
 * So many numbers a connection goes through before it begins anew. Replies come in the order of the requests, so one that is out of
 * step has another number, unless it is out by a multiple of this; and it has another key.
 */
export const largestOpaque = 4096;

const texts: string[] = [];

/** The opaque as the end of a command's line. Made once for each: to make it anew costs as much as to read an answer. */
export const opaqueText = (opaque: number): string => (texts[opaque] ??= ` O${opaque}\r\n`);
