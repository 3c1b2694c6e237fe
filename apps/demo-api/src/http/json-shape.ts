export type JsonBounds = Readonly<{ maxDepth: number; maxValues: number }>;

const code = (character: string): number => character.charCodeAt(0);
const [QUOTE, BACKSLASH, COMMA] = [code('"'), code('\\'), code(',')];
const OPENING = new Set([code('['), code('{')]);
const CLOSING = new Set([code(']'), code('}')]);

/**
 * Looks at the bytes of a JSON text before anything parses or walks it, in one pass and without recursion.
 *
 * @returns what is too much of it, or `undefined`.
 */
export function shapeProblem(json: Uint8Array, { maxDepth, maxValues }: JsonBounds): string | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (byte === QUOTE) at = endOfString(json, at);
    else if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (depth > maxDepth) return `nested deeper than ${maxDepth}`;
    if (values > maxValues) return `of more than ${maxValues} members`;
  }
  return undefined;
}

/** @returns where the string that begins at `start` ends; the end of the text where it does not. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
