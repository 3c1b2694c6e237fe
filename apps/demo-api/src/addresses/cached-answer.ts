import { hash } from 'node:crypto';
import { type Codec, jsonCodec } from '@rookery/herd';

/** An answer as it is sent, and its `ETag`, weak as it may be compressed: neither is made again for those who get it from the cache. */
export type CachedAnswer = Readonly<{ json: Buffer; etag: string }>;

const ETAG_BYTES = 31;
/** Beside those of `jsonCodec`: bytes of which the first are the ETag of the others. */
const ANSWER_FLAG = 1 << 20;

export function answerOf(value: unknown): CachedAnswer {
  const json = Buffer.from(JSON.stringify(value));
  return { json, etag: `W/"${hash('sha1', json, 'base64url')}"` };
}

/** Answers as they are, and everything else, such as the limiter's buckets, as JSON. */
export const answerCodec: Codec = Object.freeze({
  encode: (value: unknown) =>
    isAnswer(value)
      ? { bytes: Buffer.concat([Buffer.from(value.etag, 'latin1'), value.json]), flags: ANSWER_FLAG }
      : jsonCodec.encode(value),
  decode: (encoded: Parameters<Codec['decode']>[0]) =>
    encoded.flags === ANSWER_FLAG
      ? {
          etag: encoded.bytes.toString('latin1', 0, ETAG_BYTES),
          json: encoded.bytes.subarray(ETAG_BYTES),
        }
      : jsonCodec.decode(encoded),
});

function isAnswer(value: unknown): value is CachedAnswer {
  return (
    typeof value === 'object' && value !== null && 'json' in value && Buffer.isBuffer(value.json) && 'etag' in value
  );
}
