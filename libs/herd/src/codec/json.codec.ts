import type { Codec, Encoded } from '../contracts/codec.js';
import { jsonLoss } from './json-loss.js';

/** The flag that clients of many languages set for JSON; npm `memcached` among them. */
const jsonFlag = 2;

/** Drivers that write texts need no bytes of it: those are made when they are read. */
class JsonText implements Encoded {
  readonly flags = jsonFlag;
  private made: Buffer | undefined;

  constructor(readonly text: string) {}

  get bytes(): Buffer {
    return (this.made ??= Buffer.from(this.text, 'utf8'));
  }
}

/**
 * JSON in UTF-8. Reads what is flagged 0 or 2, so that counters, and objects written by npm `memcached`, are understood;
 * any other flag means a format of another writer. Refuses what it would empty: a Map, a Set, an Error, ….
 */
export const jsonCodec: Codec = Object.freeze({
  encode(value: unknown): Encoded {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`JSON has no form for ${typeof value}`);
    const loss = typeof value === 'string' ? undefined : jsonLoss(value, text);
    if (loss !== undefined) throw new TypeError(`JSON has no form for ${loss}`);
    return new JsonText(text);
  },
  decode: (encoded: Encoded): unknown => parseJson(encoded.text ?? encoded.bytes.toString('utf8'), encoded.flags),
});

/** What `jsonCodec` makes of a text. */
export function parseJson(text: string, flags: number): unknown {
  if (flags !== 0 && flags !== jsonFlag) throw new TypeError(`flags ${flags} do not stand for JSON`);
  return JSON.parse(text);
}
