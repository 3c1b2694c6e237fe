import { CheckedCodec } from '../../../codec/checked-codec.js';
import { jsonCodec } from '../../../codec/json.codec.js';
import type { Dispatch, NodeDispatch } from '../../../contracts/dispatch.js';
import type { CallOptions, CasOutcome, CasToken, StoreOptions } from '../../../contracts/key-value-commands.js';
import type { Node } from '../../../contracts/node.js';
import { checkCallOptions, storeOptionNames } from '../../../support/call-options.js';
import { casEntriesOf, entriesOf, mapped } from '../../../support/entries.js';
import { outcomeOf, outcomesByKey, withMissing } from '../../../support/outcomes-by-key.js';
import { promised } from '../../../support/promised.js';
import { ttlMs } from '../../../support/ttl.js';
import { HerdRequestError } from '../../../errors/operation-errors.js';
import { casToken, readCasToken } from '../cas-token.js';
import { cappedExptime, exptime, leastTtlMs } from '../ttl.js';
import { BatchRequest } from './batch-request.js';
import { leaseCommands } from './lease-commands.js';
import type { MetaClient } from './meta-client.js';
import type { MetaMemcachedCommands, MetaMemcachedNodeCommands } from './meta-memcached-commands.js';
import type { ResolvedMetaOptions } from './meta-options.js';
import { isPlaceholder } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import { answerOf, countOf, keyRequest, metaValue, storeRequest } from './meta-requests.js';
import { unexpected } from './single-request.js';
import { TextRequest } from './text-request.js';

/** Keys of one batch; the answers to one are awaited before the next is sent. */
const keysPerBatch = 1000;

const thirtyDaysMs = 30 * 24 * 60 * 60 * 1000;

/** The commands over `dispatch`: each checks its arguments before anything is sent. */
export function metaCommands(dispatch: Dispatch<MetaClient>, options: ResolvedMetaOptions): MetaMemcachedCommands {
  const format = new CheckedCodec(options.codec, options.maxValueBytes);
  const expiry = expiryBy(options);
  const lifeOf = (given: StoreOptions | undefined): number => ttlMs(given?.ttl ?? options.defaultTtl!, leastTtlMs);

  /** `undefined` for a value that is not there, or out of date, or only reserved by a lease. */
  const valueOf = (reply: MetaReply, key: string): unknown => {
    if (reply.code === 'EN') return undefined;
    if (reply.code !== 'VA') throw unexpected(reply, key);
    return reply.stale || isPlaceholder(reply) ? undefined : decoded(reply, key);
  };
  const decoded = (reply: MetaReply, key: string): unknown => {
    const part = reply.buffer.subarray(reply.valueStart, reply.valueEnd);
    // A codec may keep what it is given: it must not keep all that came with it.
    const bytes = options.codec === jsonCodec ? part : Buffer.from(part);
    return format.read(key, { bytes, flags: reply.flags });
  };
  type Run<Result> = (client: MetaClient, node: Node, maxTtlMs: number) => Promise<Result>;
  const storing = (
    verb: string,
    mode: string,
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): Run<boolean> => {
    checkCallOptions(given, storeOptionNames);
    const life = expiry(verb, key, given);
    const encoded = metaValue(format.write(key, value));
    const whole = storeRequest(key, encoded, life, mode);
    return (client, _node, maxTtlMs) =>
      client.ask(
        maxTtlMs === Infinity ? whole : storeRequest(key, encoded, cappedExptime(life, maxTtlMs), mode),
        (reply) => answerOf(reply, key, { HD: true, NS: false }),
      );
  };
  const store = (
    verb: string,
    mode: string,
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): Promise<boolean> =>
    promised(() => {
      const run = storing(verb, mode, key, value, given);
      return dispatch.byKey(key, run, false, { effect: 'write', lifeMs: lifeOf(given), signal: given?.signal });
    });
  const deleting = (key: string): Run<boolean> => {
    const request = keyRequest('md', key, '');
    return (client) => client.ask(request, (reply) => answerOf(reply, key, { HD: true, NF: false }));
  };
  const versioned = <Value>(key: string): Run<{ value: Value; cas: CasToken } | undefined> => {
    const request = keyRequest('mg', key, ' f c v');
    return (client, node) =>
      client.ask(request, (reply, epoch) => {
        const value = valueOf(reply, key);
        return value === undefined ? undefined : { value: value as Value, cas: casToken(node.id, epoch, reply.cas!) };
      });
  };
  const swapping = (key: string, value: unknown, token: CasToken, given: StoreOptions | undefined): Run<CasOutcome> => {
    checkCallOptions(given, storeOptionNames);
    const { nodeId, epoch, cas } = readCasToken(token);
    const life = expiry('cas', key, given);
    const request = storeRequest(key, metaValue(format.write(key, value)), life, ` C${cas}`);
    const outcomes = { HD: 'stored', EX: 'exists', NF: 'missing', NS: 'exists' } as const;
    return (client, node) =>
      node.id === nodeId
        ? client.askBy<CasOutcome>(epoch, request, (reply) => answerOf(reply, key, outcomes), 'exists')
        : Promise.resolve('exists');
  };
  /** One request a key, all of them in one write. */
  const runMany = <Result>(runs: ReadonlyMap<string, Run<Result>>) => {
    const ask = (client: MetaClient, own: readonly string[], node: Node, maxTtlMs: number) =>
      outcomesByKey(own, (key) => runs.get(key)!(client, node, maxTtlMs));
    return ask;
  };
  const count = (
    verb: string,
    mode: string,
    key: string,
    by: number,
    given: CallOptions | undefined,
  ): Promise<number | undefined> =>
    promised(() => {
      checkCallOptions(given);
      if (!Number.isSafeInteger(by) || by < 0)
        throw new HerdRequestError({
          what: `${verb} needs a whole number of 0 or more`,
          received: by,
          remedy: 'use incr to add and decr to subtract',
        });
      const request = keyRequest('ma', key, ` v M${mode} D${by}`);
      const run = (client: MetaClient) => client.ask(request, (reply) => countOf(reply, key));
      return dispatch.byKey<number | undefined>(key, run, undefined, { signal: given?.signal });
    });

  return {
    ...leaseCommands(dispatch, { format, expiry, decoded }),
    get: <Value>(key: string, given?: CallOptions) =>
      promised(() => {
        checkCallOptions(given);
        const request = keyRequest('mg', key, ' f v');
        const run = (client: MetaClient) => client.ask(request, (reply) => valueOf(reply, key) as Value | undefined);
        return dispatch.byKey<Value | undefined>(key, run, undefined, { effect: 'read', signal: given?.signal });
      }),
    async getMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      const items = new Map(keys.map((key) => [key, keyRequest('mg', key, ' f v')]));
      const ask = async (client: MetaClient, own: readonly string[]): Promise<Map<string, Value | Error>> => {
        const found = new Map<string, Value | Error>();
        for (let from = 0; from < own.length; from += keysPerBatch) {
          const part = own.slice(from, from + keysPerBatch);
          const take = (reply: MetaReply, index: number): void => {
            const value = outcomeOf(() => valueOf(reply, part[index]!));
            if (value !== undefined) found.set(part[index]!, value as Value | Error);
          };
          await new Promise<void>((resolve, reject) => {
            const batch = part.map((key) => items.get(key)!);
            client.send(new BatchRequest(batch, take, resolve, reject));
          });
        }
        return found;
      };
      return dispatch.byKeys(keys, ask, { signal: given?.signal });
    },
    set: (key, value, given) => store('set', '', key, value, given),
    add: (key, value, given) => store('add', ' ME', key, value, given),
    replace: (key, value, given) => store('replace', ' MR', key, value, given),
    delete: (key, given) =>
      promised(() => {
        checkCallOptions(given);
        return dispatch.byKey(key, deleting(key), false, { effect: 'write', signal: given?.signal });
      }),
    touch: (key, given) =>
      promised(() => {
        checkCallOptions(given, storeOptionNames);
        const request = keyRequest('mg', key, ` T${expiry('touch', key, given)}`);
        const run = (client: MetaClient) =>
          client.ask(request, (reply) => answerOf(reply, key, { HD: true, EN: false }));
        return dispatch.byKey(key, run, false, { lifeMs: lifeOf(given), signal: given?.signal });
      }),
    incr: (key, by = 1, given) => count('incr', 'I', key, by, given),
    decr: (key, by = 1, given) => count('decr', 'D', key, by, given),
    gets: <Value>(key: string, given?: CallOptions) =>
      promised(() => {
        checkCallOptions(given);
        return dispatch.byKey(key, versioned<Value>(key), undefined, { signal: given?.signal });
      }),
    cas: (key, value, token, given) =>
      promised(() => {
        const run = swapping(key, value, token, given);
        return dispatch.byKey<CasOutcome>(key, run, 'missing', { lifeMs: lifeOf(given), signal: given?.signal });
      }),
    async setMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const runs = mapped(entriesOf('setMany', given), (value, key) => storing('setMany', '', key, value, options));
      const intent = {
        effect: 'write',
        lifeMs: runs.size === 0 ? 0 : lifeOf(options),
        signal: options?.signal,
      } as const;
      return withMissing(runs.keys(), await dispatch.byKeys([...runs.keys()], runMany(runs), intent), false);
    },
    async deleteMany(keys, given) {
      checkCallOptions(given);
      const runs = new Map(keys.map((key) => [key, deleting(key)]));
      const intent = { effect: 'write', signal: given?.signal } as const;
      return withMissing(keys, await dispatch.byKeys(keys, runMany(runs), intent), false);
    },
    async getsMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      const runs = new Map(keys.map((key) => [key, versioned<Value>(key)]));
      const found = await dispatch.byKeys(keys, runMany(runs), { effect: 'bound', signal: given?.signal });
      return new Map([...found].flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
    },
    async casMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const runs = mapped(casEntriesOf(given), ({ value, cas }, key) => swapping(key, value, cas, options));
      const intent = {
        effect: 'bound',
        lifeMs: runs.size === 0 ? 0 : lifeOf(options),
        signal: options?.signal,
      } as const;
      return withMissing(runs.keys(), await dispatch.byKeys([...runs.keys()], runMany(runs), intent), 'missing');
    },
  };
}

/** The life of a value as memcached reads it. */
export type Expiry = (command: string, key: string, given: StoreOptions | undefined) => number;

function expiryBy({ defaultTtl, now }: ResolvedMetaOptions): Expiry {
  const byDefault = defaultTtl === undefined ? undefined : exptime(defaultTtl, now());
  // A longer life is a moment, which moves.
  const isFixed = byDefault !== undefined && byDefault <= thirtyDaysMs / 1000;
  return (command, key, given) => {
    const ttl = given?.ttl ?? defaultTtl;
    if (ttl === undefined)
      throw new HerdRequestError({
        what: `${command}(${JSON.stringify(key)}) needs a ttl`,
        remedy: `pass { ttl: '60s' }, or give metaMemcached() a defaultTtl`,
      });
    return given?.ttl === undefined && isFixed ? byDefault : exptime(ttl, now());
  };
}

/** The commands of one node. */
export function metaNodeCommands(
  dispatch: NodeDispatch<MetaClient>,
  options: ResolvedMetaOptions,
): MetaMemcachedNodeCommands {
  return {
    ...metaCommands(dispatch, options),
    stats: async () => {
      const lines = await dispatch.run((client) => say(client, 'stats', /^END$/));
      const rows = lines.filter((line) => line.startsWith('STAT ')).map((line) => line.slice('STAT '.length));
      return Object.fromEntries(rows.map((row) => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)]));
    },
    flush: async () => void (await dispatch.run((client) => say(client, 'flush_all', /^OK$/))),
    version: async () =>
      (await dispatch.run((client) => say(client, 'version', /^VERSION /)))[0]!.slice('VERSION '.length),
  };
}

/** @throws HerdNodeError unless the server answers as memcached does that knows the meta protocol. */
export const ping = async (client: MetaClient): Promise<void> => void (await say(client, 'mn', /^MN$/));

const say = (client: MetaClient, command: string, last: RegExp): Promise<readonly string[]> =>
  new Promise((resolve, reject) => client.send(new TextRequest(command, (line) => last.test(line), resolve, reject)));

/** Deletes `keys`. */
export async function invalidate(client: MetaClient, keys: readonly string[]): Promise<void> {
  const items = keys.map((key) => keyRequest('md', key, ''));
  for (let from = 0; from < items.length; from += keysPerBatch)
    await new Promise<void>((resolve, reject) => {
      const batch = items.slice(from, from + keysPerBatch);
      const take = (reply: MetaReply, index: number) => answerOf(reply, batch[index]!.key, { HD: true, NF: true });
      client.send(new BatchRequest(batch, take, resolve, reject));
    });
}
