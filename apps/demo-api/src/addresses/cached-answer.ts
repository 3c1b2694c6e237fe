import { hash } from 'node:crypto';
import { type Codec, jsonCodec } from '@rookery/herd';

/** An answer as it is sent, and its `ETag`, weak as it may be compressed: neither is made again for those who get it from the cache. */
export type CachedAnswer = Readonly<{ json: Buffer; etag: string }>;

/** How a cache stores an answer: with its end, and what else it notes of it. */
type CarriedAnswer = Readonly<{ value: CachedAnswer }>;
type Encoded = ReturnType<Codec['encode']>;

const ETAG_BYTES = 31;
const LENGTH_BYTES = 4;
/** Beside those of `jsonCodec`: bytes of which the first are the ETag of the others. */
const ANSWER_FLAG = 1 << 20;
/** The same behind the JSON of what carries it, and the length of that. */
const CARRIED_FLAG = 1 << 21;

export function answerOf(value: unknown): CachedAnswer {
  const json = Buffer.from(JSON.stringify(value));
  return { json, etag: `W/"${hash('sha1', json, 'base64url')}"` };
}

/** Answers as they are, alone or as a cache stores them, and everything else, such as the limiter's buckets, as JSON. */
export const answerCodec: Codec = Object.freeze({
  encode: (value: unknown) => {
    if (isAnswer(value)) return { bytes: Buffer.concat(partsOf(value)), flags: ANSWER_FLAG };
    return isCarried(value) ? encodeCarried(value) : jsonCodec.encode(value);
  },
  decode: (encoded: Encoded) => {
    if (encoded.flags === ANSWER_FLAG) return answerIn(encoded.bytes);
    return encoded.flags === CARRIED_FLAG ? decodeCarried(encoded.bytes) : jsonCodec.decode(encoded);
  },
});

const partsOf = ({ etag, json }: CachedAnswer): Buffer[] => [Buffer.from(etag, 'latin1'), json];

const answerIn = (bytes: Buffer): CachedAnswer => ({
  etag: bytes.toString('latin1', 0, ETAG_BYTES),
  json: bytes.subarray(ETAG_BYTES),
});

function encodeCarried({ value, ...carrier }: CarriedAnswer): Encoded {
  const head = Buffer.from(JSON.stringify(carrier));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(head.length);
  return { bytes: Buffer.concat([length, head, ...partsOf(value)]), flags: CARRIED_FLAG };
}

function decodeCarried(bytes: Buffer): unknown {
  const start = LENGTH_BYTES + bytes.readUInt32BE();
  const carrier = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, start)) as object;
  return { ...carrier, value: answerIn(bytes.subarray(start)) };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isAnswer(value: unknown): value is CachedAnswer {
  return isObject(value) && 'json' in value && Buffer.isBuffer(value.json) && 'etag' in value;
}

function isCarried(value: unknown): value is CarriedAnswer {
  return isObject(value) && 'value' in value && isAnswer(value.value);
}
