/** A value on the wire: its bytes, and 32 bits that a server keeps beside them. */
export type Encoded = Readonly<{ bytes: Buffer; flags: number }>;

/** Turns values into bytes and back. Either may throw: the herd reports it with the key. */
export interface Codec {
  encode(value: unknown): Encoded;
  decode(encoded: Encoded): unknown;
}
