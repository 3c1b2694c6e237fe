import { HerdRequestError } from '../../../errors/operation-errors.js';
import type { WireValue } from '../wire-value.js';
import type { KeyRequest } from './meta-request.js';
import { metaKey } from './meta-key.js';
import { valueText } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import { unexpected } from './single-request.js';

/** A request for `key`: `verb key` and its flags, up to the opaque. */
export function keyRequest(verb: string, key: string, flags: string): KeyRequest {
  const { wire, mark } = metaKey(key);
  return { key, wireKey: wire, head: `${verb} ${wire}${mark}${flags}`, tail: '' };
}

/** The flags of the last request that stored: they are mostly the same, and to write numbers costs more than all the rest. */
let last = { flags: -1, exptime: -1, others: '', text: '' };

function storeFlags(flags: number, exptime: number, others: string): string {
  if (last.flags !== flags || last.exptime !== exptime || last.others !== others)
    last = { flags, exptime, others, text: ` F${flags} T${exptime}${others}` };
  return last.text;
}

/** A request that stores. @param exptime as memcached reads it. */
export function storeRequest(key: string, value: WireValue, exptime: number, flags = ''): KeyRequest {
  const { wire, mark } = metaKey(key);
  const head = `ms ${wire} ${value.bytes}${mark}${storeFlags(value.flags, exptime, flags)}`;
  return { key, wireKey: wire, head, tail: `${value.text}\r\n` };
}

/** A request that appends no bytes: the value is as it was, of another version. */
export function appendNothing(key: string, flags: string): KeyRequest {
  const { wire, mark } = metaKey(key);
  return { key, wireKey: wire, head: `ms ${wire} 0${mark} MA${flags}`, tail: '\r\n' };
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
  const text = valueText(reply);
  if (!/^\d+ *$/.test(text)) throw unexpected(reply, key);
  if (Number.isSafeInteger(Number(text))) return Number(text);
  throw new HerdRequestError({
    what: `The counter ${JSON.stringify(key)} has passed 2^53 - 1`,
    received: text,
    remedy: 'begin it anew with set(key, 0, …)',
  });
}
