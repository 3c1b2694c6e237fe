import type { Encoded } from '../../contracts/codec.js';
import type { ReplyValue } from './reply-parser.js';

/** A value as the end of a storage command: its flags, its length in bytes, and its bytes as latin1 text. */
export type WireValue = Readonly<{ flags: number; bytes: number; text: string }>;

export const wireValue = ({ bytes, flags }: Encoded): WireValue => ({
  flags,
  bytes: bytes.length,
  text: bytes.toString('latin1'),
});

export const encodedOf = ({ data, flags }: ReplyValue): Encoded => ({ bytes: Buffer.from(data, 'latin1'), flags });
