import { expiresAt } from './expiry.js';
import { itemBytes, maxItemBytes } from './item-store.js';
import type { Item, ItemStore } from './item-store.js';
import { counter, number32, shifted } from './numbers.js';
import { badFormat, maxKeyBytes } from './request.js';
import type { Request, StoreHeader } from './request.js';
import { serverVersion, statistics } from './statistics.js';
import type { Counters } from './statistics.js';

/** What goes back to the client, in order; `hangUp` closes the connection. */
export type Reply = readonly Buffer[] | 'hangUp';

const end = Buffer.from('END\r\n');
const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, 'latin1');
const answer = (text: string, noreply: boolean): Reply => (noreply ? [] : [line(text)]);

type Context = Readonly<{ store: ItemStore; counters: Counters; words: readonly string[]; noreply: boolean }>;
type Command = (context: Context) => readonly Buffer[] | string;

/** Carries out one request against `store`. */
export function execute(request: Request, store: ItemStore, counters: Counters): Reply {
  if (request.kind === 'hangUp') return 'hangUp';
  if (request.kind === 'refused') {
    if (request.unlink !== undefined) store.delete(request.unlink);
    return answer(request.reply, request.noreply);
  }
  if (request.kind === 'store') {
    counters.cmd_set++;
    const outcome = put(request.header, request.data, store);
    return answer(outcome, request.header.noreply);
  }
  const verb = request.words[0] ?? '';
  if (verb === 'quit') return 'hangUp';
  const reply = commands.get(verb)?.({ ...request, store, counters }) ?? 'ERROR';
  if (typeof reply !== 'string') return reply;
  return answer(reply, request.noreply && reply !== 'ERROR');
}

function put({ verb, key, flags, exptime, cas }: StoreHeader, data: Buffer, store: ItemStore): string {
  const present = store.get(key);
  if (verb === 'cas' && !present) return 'NOT_FOUND';
  if (verb === 'cas' && present?.cas !== cas) return 'EXISTS';
  if (verb === (present ? 'add' : 'replace')) return 'NOT_STORED';
  if (verb === 'append' || verb === 'prepend') return present ? join(key, present, verb === 'append' ? [present.data, data] : [data, present.data], store) : 'NOT_STORED';
  store.set(key, data, flags, expiresAt(exptime, store.now()));
  return 'STORED';
}

/** The joined value keeps the flags and the expiry of the one that was there; one that would be too large changes nothing. */
function join(key: string, { flags, expiresAt }: Item, parts: readonly Buffer[], store: ItemStore): string {
  const data = Buffer.concat(parts);
  if (itemBytes(key.length, data.length, flags) > maxItemBytes) return 'NOT_STORED';
  store.set(key, data, flags, expiresAt);
  return 'STORED';
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
    if (item) store.touch(key, item, expiresAt(number32(exptime), store.now()));
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
    parts.push(line(`VALUE ${key} ${item.flags} ${item.data.length}${withCas ? ` ${item.cas}` : ''}`), item.data, line(''));
  }
  return [...parts, end];
}

function remove({ store, words, noreply }: Context): string {
  const [, key, zero] = words;
  if (key === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  const plain = words.length === 2 || (words.length === 3 && (zero === '0' || noreply)) || (words.length === 4 && zero === '0' && noreply);
  if (!plain) return `${badFormat}.  Usage: delete <key> [noreply]`;
  return store.delete(key) ? 'DELETED' : 'NOT_FOUND';
}

function shift({ store, words }: Context, verb: 'incr' | 'decr'): string {
  const [, key, delta] = words;
  if (key === undefined || delta === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  const amount = counter(delta);
  if (amount === undefined) return 'CLIENT_ERROR invalid numeric delta argument';
  const item = store.get(key);
  if (!item) return 'NOT_FOUND';
  const value = item.data.length > 20 ? undefined : counter(item.data.toString('latin1'));
  if (value === undefined) return 'CLIENT_ERROR cannot increment or decrement non-numeric value';
  const next = shifted(value, amount, verb).toString();
  store.set(key, Buffer.from(next.padEnd(item.data.length)), item.flags, item.expiresAt);
  return next;
}

function touch({ store, words }: Context): string {
  const [, key, exptime] = words;
  if (key === undefined || exptime === undefined || words.length > 4) return 'ERROR';
  if (key.length > maxKeyBytes) return badFormat;
  if (!/^[+-]?\d{1,19}$/.test(exptime)) return 'CLIENT_ERROR invalid exptime argument';
  const item = store.get(key);
  if (!item) return 'NOT_FOUND';
  store.touch(key, item, expiresAt(number32(exptime), store.now()));
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
  mn: () => 'MN',
  verbosity: ({ words }) => (words.length > 1 ? 'OK' : 'ERROR'),
};
const commands = new Map(Object.entries(verbs));
