import { addDelta } from './add-delta.js';
import { encodedKey } from './base64-key.js';
import { expiresAt } from './expiry.js';
import type { Item, ItemStore } from './item-store.js';
import { badFormat } from './limits.js';
import { hasLongKey, hasTooManyFlags, longOpaque, metaFlags, opaqueTooLong } from './meta-flags.js';
import type { MetaFlags } from './meta-flags.js';
import type { NotPut } from './put.js';
import { line } from './reply.js';
import type { Context } from './reply.js';

type MetaReply = readonly Buffer[];

const refused = (text: string): MetaReply => [line(text)];
const named = (key: string, binary: boolean): string => (binary ? `k${encodedKey(key)} b` : `k${key}`);

/** memcached subtracts in 32 bits without a sign: of a life that is over, which a `T` of this command may give, it reports a huge number. */
const over = 2 ** 32 - 1;
function secondsLeft({ expiresAt }: Item, now: number): number {
  if (expiresAt === Infinity) return -1;
  return expiresAt <= now ? over : Math.ceil((expiresAt - now) / 1000);
}

/** Begins each of the three: what is no command, and what `unclear` flags are refused with. */
function parsed({ words }: Context, tooMany: string, unclear?: string): MetaFlags | MetaReply {
  if (words.length < 2) return refused('ERROR');
  if (hasLongKey(words)) return refused(badFormat);
  if (hasTooManyFlags(words)) return refused(tooMany);
  const flags = metaFlags(words[1]!, words.slice(2));
  return typeof flags === 'string' ? refused(unclear ?? flags) : flags;
}

const isReply = (outcome: MetaFlags | MetaReply): outcome is MetaReply => Array.isArray(outcome);

/** What a reply without an item echoes. @returns `undefined` for an opaque token that is too long. */
function echo(
  { tokens, key, binaryKey }: MetaFlags,
  other: (flag: string) => string | undefined = () => undefined,
): string[] | undefined {
  const words: string[] = [];
  for (const token of tokens) {
    const flag = token[0]!;
    if (flag === 'O' && longOpaque(token)) return undefined;
    const word = flag === 'O' ? token : flag === 'k' ? named(key, binaryKey) : other(flag);
    if (word !== undefined) words.push(word);
  }
  return words;
}

/** `mg`: reads, and by its flags touches, makes what is missing, and names the one who is to make it anew. */
export function metaGet(context: Context): MetaReply {
  const { store, counters } = context;
  const flags = parsed(context, 'CLIENT_ERROR options flags are too long');
  if (isReply(flags)) return flags;
  const { key } = flags;
  const present = store.get(key);
  const made = present
    ? undefined
    : flags.has('N')
      ? store.set(key, { data: Buffer.alloc(0), flags: 0, expiresAt: Infinity })
      : undefined;
  const item = present ?? made;
  counters.cmd_get++;
  counters[item ? 'get_hits' : 'get_misses']++;
  if (!item) {
    const words = echo(flags);
    if (!words) return refused(opaqueTooLong);
    return flags.quiet ? [] : [line(['EN', ...words].join(' '))];
  }
  const found = answer(item, flags, store, made !== undefined);
  if (!found) return refused(opaqueTooLong);
  if (!flags.has('u')) store.bump(key, item);
  if (!flags.has('v')) return [line(['HD', ...found].join(' '))];
  return [line(['VA', item.data.length, ...found].join(' ')), item.data, line('')];
}

/** Carries the flags of `mg` out in their order: a `t` before a `T` answers the old life. */
function answer(item: Item, flags: MetaFlags, store: ItemStore, made: boolean): string[] | undefined {
  const now = store.now();
  const { T, N, R } = flags.seconds;
  let wins = false;
  const act: Readonly<Record<string, () => string | number | void>> = {
    T: () => void (item.expiresAt = expiresAt(T, now)),
    N: () => {
      if (made) [item.expiresAt, wins] = [expiresAt(N, now), true];
    },
    R: () => {
      if (!item.won && !made && R !== 0 && item.expiresAt !== Infinity && item.expiresAt < expiresAt(R, now))
        wins = true;
    },
    s: () => item.data.length,
    t: () => secondsLeft(item, now),
    c: () => String(item.cas),
    f: () => item.flags,
    l: () => Math.floor((now - item.accessedAt) / 1000),
    h: () => Number(item.fetched),
  };
  const echoed = echo({ ...flags, binaryKey: item.binaryKey }, (flag) => {
    const value = act[flag]?.();
    return value === undefined ? undefined : `${flag}${value}`;
  });
  if (!echoed) return undefined;
  if (item.stale && !item.won) wins = true;
  const marks = [...(item.won ? ['Z'] : []), ...(item.stale ? ['X'] : []), ...(wins ? ['W'] : [])];
  item.won ||= wins;
  return [...echoed, ...marks];
}

/** `md`: deletes, or with `I` marks as out of date. */
export function metaDelete(context: Context): MetaReply {
  const { store } = context;
  const flags = parsed(context, 'CLIENT_ERROR options flags too long', 'CLIENT_ERROR invalid or duplicate flag');
  if (isReply(flags)) return flags;
  const words = echo(flags);
  if (!words) return refused(opaqueTooLong);
  const reply = (code: string): MetaReply => [line([code, ...words].join(' '))];
  const item = store.get(flags.key);
  if (!item) return reply('NF');
  if (flags.cas !== undefined && flags.cas !== item.cas) return reply('EX');
  if (flags.has('I')) {
    if (flags.has('T')) item.expiresAt = expiresAt(flags.seconds.T, store.now());
    Object.assign(item, { stale: true, won: false, cas: store.nextCas() });
  } else store.delete(flags.key);
  return flags.quiet ? [] : reply('HD');
}

/** `ma`: counts, and with `N` begins a counter. */
export function metaArithmetic(context: Context): MetaReply {
  const { store } = context;
  const flags = parsed(context, 'CLIENT_ERROR options flags too long', 'CLIENT_ERROR invalid or duplicate flag');
  if (isReply(flags)) return flags;
  const verb = ({ '': 'incr', I: 'incr', '+': 'incr', D: 'decr', '-': 'decr' } as const)[flags.mode];
  if (!verb) return refused('CLIENT_ERROR invalid mode for ma M token');
  const counted = addDelta(store, flags.key, flags.delta, verb, flags.cas);
  if (counted === 'no number') return refused('CLIENT_ERROR cannot increment or decrement non-numeric value');
  const made = counted === 'missing' && flags.has('N') ? begun(flags, store) : undefined;
  const { item, text } = made ?? (typeof counted === 'string' ? { item: undefined, text: '' } : counted);
  const now = store.now();
  const words = echo(flags, (flag) => {
    if (!item) return undefined;
    if (flag === 'T') item.expiresAt = expiresAt(flags.seconds.T, now);
    if (flag === 'N' && made) item.expiresAt = expiresAt(flags.seconds.N, now);
    return flag === 'c' ? `c${item.cas}` : flag === 't' ? `t${secondsLeft(item, now)}` : undefined;
  });
  if (!words) return refused(opaqueTooLong);
  if (!item) return [line([counted === 'exists' ? 'EX' : 'NF', ...words].join(' '))];
  if (flags.quiet && !made) return [];
  return flags.has('v')
    ? [line(['VA', text.length, ...words].join(' ')), line(text)]
    : [line(['HD', ...words].join(' '))];
}

function begun({ key, initial }: MetaFlags, store: ItemStore): { item: Item; text: string } {
  const text = String(initial);
  return { item: store.set(key, { data: Buffer.from(text), flags: 0, expiresAt: Infinity }), text };
}

/** What `ms` answers once its value was stored, or was not. */
export function metaStored(flags: MetaFlags, outcome: Item | NotPut): MetaReply {
  const stored = typeof outcome !== 'string';
  if (stored && flags.quiet) return [];
  const words = echo(flags, (flag) => (flag === 'c' ? `c${stored ? outcome.cas : 0n}` : undefined)) ?? [];
  const code = stored ? 'HD' : ({ NOT_STORED: 'NS', EXISTS: 'EX', NOT_FOUND: 'NF' } as const)[outcome];
  return [line([code, ...words].join(' '))];
}
