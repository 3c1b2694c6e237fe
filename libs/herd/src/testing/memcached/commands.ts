import { addDelta } from './add-delta.js';
import { expiresAt } from './expiry.js';
import type { ItemStore } from './item-store.js';
import { badFormat, maxKeyBytes } from './limits.js';
import { metaArithmetic, metaDelete, metaGet, metaStored } from './meta-commands.js';
import { counter, number32 } from './numbers.js';
import { put } from './put.js';
import { end, line } from './reply.js';
import type { Command, Context, Reply } from './reply.js';
import type { Request } from './request.js';
import { serverVersion, statistics } from './statistics.js';
import type { Counters } from './statistics.js';

const answer = (text: string, noreply: boolean): Reply => (noreply ? [] : [line(text)]);

/** Carries out one request against `store`. */
export function execute(request: Request, store: ItemStore, counters: Counters): Reply {
  if (request.kind === 'hangUp') return 'hangUp';
  if (request.kind === 'refused') {
    if (request.unlink !== undefined) store.delete(request.unlink);
    return answer(request.reply, request.noreply);
  }
  if (request.kind === 'store') {
    counters.cmd_set++;
    const { header } = request;
    const outcome = put(header, request.data, store);
    if (header.meta) return metaStored(header.meta, outcome);
    return answer(typeof outcome === 'string' ? outcome : 'STORED', header.noreply);
  }
  const verb = request.words[0] ?? '';
  if (verb === 'quit') return 'hangUp';
  const reply = commands.get(verb)?.({ ...request, store, counters }) ?? 'ERROR';
  if (typeof reply !== 'string') return reply;
  return answer(reply, request.noreply && reply !== 'ERROR');
}

/** `gat` and `gats`: like `get` and `gets`, and each value found gets a new life. */
function retrieveAndTouch({ words, ...context }: Context, withCas: boolean): readonly Buffer[] | string {
  const [verb, exptime, ...keys] = words;
  if (exptime === undefined) return 'ERROR';
  if (!/^[+-]?\d{1,19}$/.test(exptime)) return 'CLIENT_ERROR invalid exptime argument';
  if (keys.length === 0) return [end];
  const { store } = context;
  const reply = retrieve({ ...context, words: [verb!, ...keys] }, withCas);
  if (typeof reply === 'string') return reply;
  for (const key of keys) {
    const item = store.get(key);
    if (item) item.expiresAt = expiresAt(number32(exptime), store.now());
  }
  return reply;
}

function retrieve({ store, counters, words }: Context, withCas: boolean): readonly Buffer[] | string {
  const keys = words.slice(1);
  if (keys.length === 0) return 'ERROR';
  if (keys.some((key) => key.length > maxKeyBytes)) return badFormat;
  const parts: Buffer[] = [];
  for (const key of keys) {
    const item = store.get(key);
    counters.cmd_get++;
    counters[item ? 'get_hits' : 'get_misses']++;
    if (!item) continue;
    store.bump(key, item);
    parts.push(
      line(`VALUE ${key} ${item.flags} ${item.data.length}${withCas ? ` ${item.cas}` : ''}`),
      item.data,
      line(''),
    );
  }
  return [...parts, end];
}

function remove({ store, words, noreply }: Context): string {
  const [, key, zero] = words;
  if (key === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  const plain =
    words.length === 2 ||
    (words.length === 3 && (zero === '0' || noreply)) ||
    (words.length === 4 && zero === '0' && noreply);
  if (!plain) return `${badFormat}.  Usage: delete <key> [noreply]`;
  return store.delete(key) ? 'DELETED' : 'NOT_FOUND';
}

function shift({ store, words }: Context, verb: 'incr' | 'decr'): string {
  const [, key, delta] = words;
  if (key === undefined || delta === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  const amount = counter(delta);
  if (amount === undefined) return 'CLIENT_ERROR invalid numeric delta argument';
  const counted = addDelta(store, key, amount, verb);
  if (typeof counted !== 'string') return counted.text;
  return counted === 'missing' ? 'NOT_FOUND' : 'CLIENT_ERROR cannot increment or decrement non-numeric value';
}

function touch({ store, words }: Context): string {
  const [, key, exptime] = words;
  if (key === undefined || exptime === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  if (!/^[+-]?\d{1,19}$/.test(exptime)) return 'CLIENT_ERROR invalid exptime argument';
  const item = store.get(key);
  if (!item) return 'NOT_FOUND';
  store.bump(key, item);
  item.expiresAt = expiresAt(number32(exptime), store.now());
  return 'TOUCHED';
}

function flushAll({ store, words, noreply }: Context): string {
  if (words.length > 3) return 'ERROR';
  const delay = noreply && words.length === 2 ? '0' : (words[1] ?? '0');
  if (!/^[+-]?\d{1,19}$/.test(delay)) return 'CLIENT_ERROR invalid exptime argument';
  const seconds = number32(delay);
  store.flush(seconds > 0 ? expiresAt(seconds, store.now()) : store.now());
  return 'OK';
}

function stats({ store, counters, words }: Context): readonly Buffer[] | string {
  if (words.length === 1) return [...statistics(store, counters).map((row) => line(`STAT ${row.join(' ')}`)), end];
  return words[1] === 'reset' ? 'RESET' : 'ERROR';
}

const verbs: Record<string, Command> = {
  get: (context) => retrieve(context, false),
  gets: (context) => retrieve(context, true),
  gat: (context) => retrieveAndTouch(context, false),
  gats: (context) => retrieveAndTouch(context, true),
  delete: remove,
  incr: (context) => shift(context, 'incr'),
  decr: (context) => shift(context, 'decr'),
  touch,
  flush_all: flushAll,
  stats,
  version: () => `VERSION ${serverVersion}`,
  mg: metaGet,
  md: metaDelete,
  ma: metaArithmetic,
  mn: () => [line('MN')],
  verbosity: ({ words }) => (words.length > 1 ? 'OK' : 'ERROR'),
};
const commands = new Map(Object.entries(verbs));
