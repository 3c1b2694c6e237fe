/**
 * A value on the wire: its bytes (a Buffer), and 32 bits (0 to 4294967295) that a server keeps beside them. A codec that has them as text, of which `bytes`
 * is the UTF-8, may give that too: it spares drivers that write texts a copy.
 */
export type Encoded = Readonly<{ bytes: Buffer; flags: number; text?: string }>;

/** Turns values into bytes and back, at once. Either may throw: the herd reports it with the key. */
export interface Codec {
  encode(value: unknown): Encoded;
  decode(encoded: Encoded): unknown;
}
