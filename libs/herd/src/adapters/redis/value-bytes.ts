import type { Encoded } from '../../contracts/codec.js';

/** The flag of JSON: such values are stored as they are, so that other clients read them and counters count. */
const plainFlags = 2;

/** Begins a value whose flags are stored too, in the four bytes that follow. No JSON text begins so. */
const mark = Buffer.from('\0R');

/** Redis keeps no flags beside a value: those that matter go before it. */
export function toBytes({ bytes, flags }: Encoded): Buffer {
  if (flags === plainFlags && !bytes.subarray(0, mark.length).equals(mark)) return bytes;
  const head = Buffer.alloc(mark.length + 4);
  mark.copy(head);
  head.writeUInt32BE(flags, mark.length);
  return Buffer.concat([head, bytes]);
}

export function fromBytes(stored: Buffer): Encoded {
  const headBytes = mark.length + 4;
  if (stored.length < headBytes || !stored.subarray(0, mark.length).equals(mark))
    return { bytes: stored, flags: plainFlags };
  return { bytes: stored.subarray(headBytes), flags: stored.readUInt32BE(mark.length) };
}

/** The same as ioredis writes it best: text at once, where it copies a Buffer three times. No JSON text begins with the mark. */
export const toArgument = (encoded: Encoded): Buffer | string =>
  encoded.text !== undefined && encoded.flags === plainFlags && encoded.text[0] !== '\0'
    ? encoded.text
    : toBytes(encoded);
