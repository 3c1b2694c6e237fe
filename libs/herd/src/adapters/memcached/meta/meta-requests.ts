import { HerdRequestError } from '../../../errors/operation-errors.js';
import type { Encoded } from '../../../contracts/codec.js';
import type { BatchItem } from './batch-request.js';
import { metaKey } from './meta-key.js';
import type { MetaReply } from './meta-reply.js';
import { unexpected } from './single-request.js';

/** A request for `key`: `verb key` and its flags, up to the opaque. `k` has the key echoed. */
export function keyRequest(verb: string, key: string, flags: string): BatchItem {
  const { wire, mark } = metaKey(key);
  return { key, wireKey: wire, head: `${verb} ${wire}${mark} k${flags}`, tail: '\r\n' };
}

/** A value as it goes on the wire, each character one byte. */
export type MetaValue = Readonly<{ size: number; flags: number; text: string }>;

export const metaValue = ({ bytes, flags, text }: Encoded): MetaValue => ({
  size: bytes.length,
  flags,
  // Where each character is one byte, the text is what goes on the wire.
  text: text !== undefined && text.length === bytes.length ? text : bytes.toString('latin1'),
});

/** A request that stores. @param exptime as memcached reads it. */
export function storeRequest(key: string, value: MetaValue, exptime: number, flags = ''): BatchItem {
  const { wire, mark } = metaKey(key);
  const head = `ms ${wire} ${value.size}${mark} k F${value.flags} T${exptime}${flags}`;
  return { key, wireKey: wire, head, tail: `\r\n${value.text}\r\n` };
}

/** The answer that `answers` has for the code of the reply. @throws HerdNodeError for any other. */
export function answerOf<Answer>(
  reply: MetaReply,
  key: string,
  answers: Partial<Readonly<Record<MetaReply['code'], Answer>>>,
): Answer {
  if (reply.code in answers) return answers[reply.code]!;
  throw unexpected(reply, key);
}

/** The count that a reply to `ma` has. */
export function countOf(reply: MetaReply, key: string): number | undefined {
  if (reply.code === 'NF') return undefined;
  if (reply.code !== 'VA') throw unexpected(reply, key);
  const text = reply.buffer.toString('latin1', reply.valueStart, reply.valueEnd);
  if (!/^\d+ *$/.test(text)) throw unexpected(reply, key);
  if (Number.isSafeInteger(Number(text))) return Number(text);
  throw new HerdRequestError({
    what: `The counter ${JSON.stringify(key)} has passed 2^53 - 1`,
    received: text,
    remedy: 'begin it anew with set(key, 0, …)',
  });
}
