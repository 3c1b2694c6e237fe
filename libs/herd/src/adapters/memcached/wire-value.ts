import { encodedBytes } from '../../codec/checked-codec.js';
import type { Encoded } from '../../contracts/codec.js';
import type { ReplyValue } from './reply-parser.js';

/** A value as the end of a storage command: its flags, its length in bytes, and its bytes as latin1 text. */
export type WireValue = Readonly<{ flags: number; bytes: number; text: string }>;

export function wireValue(encoded: Encoded): WireValue {
  const { flags, text } = encoded;
  const bytes = encodedBytes(encoded);
  // Where each character is one byte, the text is what goes on the wire.
  return { flags, bytes, text: text?.length === bytes ? text : encoded.bytes.toString('latin1') };
}

export const encodedOf = ({ data, flags }: ReplyValue): Encoded => ({
  bytes: typeof data === 'string' ? Buffer.from(data, 'latin1') : data,
  flags,
});
