import type { Codec, Encoded } from '../contracts/codec.js';

/** The flag that clients of many languages set for JSON; npm `memcached` among them. */
const jsonFlag = 2;

/**
 * JSON in UTF-8. Reads what is flagged 0 or 2, so that counters, and objects written by npm `memcached`, are understood;
 * any other flag means a format that only its writer knows.
 */
export const jsonCodec: Codec = Object.freeze({
  encode(value: unknown): Encoded {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no form for ${typeof value}`);
    return { bytes: Buffer.from(text, 'utf8'), flags: jsonFlag, text };
  },
  decode: ({ bytes, flags }: Encoded): unknown => parseJson(bytes, 0, bytes.length, flags),
});

/** What `jsonCodec` makes of a part of `bytes`, without a Buffer for it. */
export function parseJson(bytes: Buffer, start: number, end: number, flags: number): unknown {
  if (flags !== 0 && flags !== jsonFlag) throw new TypeError(`flags ${flags} do not stand for JSON`);
  return JSON.parse(bytes.toString('utf8', start, end));
}
