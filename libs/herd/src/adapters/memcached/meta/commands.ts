import { CheckedCodec } from '../../../codec/checked-codec.js';
import type { Dispatch, Intent, Operation } from '../../../contracts/dispatch.js';
import type { CallOptions, CasOutcome, CasToken, StoreOptions } from '../../../contracts/key-value-commands.js';
import type { Node } from '../../../contracts/node.js';
import { promiseOf } from '../../../support/answers.js';
import { checkCallOptions, storeOptionNames } from '../../../support/call-options.js';
import { checkDelta } from '../../../support/check-delta.js';
import { casEntriesOf, entriesOf, keysOf, mapped } from '../../../support/entries.js';
import { outcomeOf, outcomesByKey, withMissing } from '../../../support/outcomes-by-key.js';
import { promised, rejected } from '../../../support/promised.js';
import { casToken, readCasToken } from '../cas-token.js';
import { cappedExptime } from '../ttl.js';
import { wireValue } from '../wire-value.js';
import { expiryBy } from './expiry.js';
import type { Life } from './expiry.js';
import { inBatches } from './in-batches.js';
import { leaseCommands } from './lease-commands.js';
import type { MetaClient } from './meta-client.js';
import type { MetaMemcachedCommands } from './meta-memcached-commands.js';
import type { ResolvedMetaOptions } from './meta-options.js';
import { isPlaceholder } from './meta-reply.js';
import type { MetaReply } from './meta-reply.js';
import { answerOf, countOf, keyRequest, storeRequest } from './meta-requests.js';
import { unexpected } from './single-request.js';

/** Whether it was stored. */
const wasStored = (reply: MetaReply, key: string): boolean =>
  reply.code === 'HD' || answerOf(reply, key, { NS: false });

/** One operation on one node, as a dispatch runs it. */
type Run<Result> = Operation<MetaClient, Result>;

const reads: Intent = Object.freeze({ effect: 'read' });

type Versioned<Value> = { value: Value; cas: CasToken } | undefined;

/** The commands over `dispatch`: each checks its arguments before anything is sent. */
export function metaCommands(dispatch: Dispatch<MetaClient>, options: ResolvedMetaOptions): MetaMemcachedCommands {
  const format = new CheckedCodec(options.codec, options.maxValueBytes);
  const expiry = expiryBy(options);
  const lifeOfMany = (
    command: string,
    entries: ReadonlyMap<string, unknown>,
    given: StoreOptions | undefined,
  ): Life => {
    const [first] = entries.keys();
    const isNamed = first !== undefined || given?.ttl !== undefined;
    return isNamed ? expiry(command, first ?? '', given) : { seconds: 0, lifeMs: 0 };
  };

  /** `undefined` for a value that is not there, or out of date, or only reserved by a lease. */
  const valueOf = (reply: MetaReply, key: string): unknown => {
    if (reply.code === 'EN') return undefined;
    if (reply.code !== 'VA') throw unexpected(reply, key);
    return reply.stale || isPlaceholder(reply) ? undefined : decoded(reply, key);
  };
  const decoded = (reply: MetaReply, key: string): unknown =>
    reply.asciiValue === undefined
      ? format.readBytes(key, reply.valueBytes, reply.ownsBytes, reply.flags)
      : format.readAscii(key, reply.asciiValue, reply.flags);
  const storing = (mode: string, key: string, value: unknown, seconds: number): Run<boolean> => {
    const encoded = wireValue(format.write(key, value));
    const whole = storeRequest(key, encoded, seconds, mode);
    return (client, _node, maxTtlMs) =>
      client.ask(
        maxTtlMs === Infinity ? whole : storeRequest(key, encoded, cappedExptime(seconds, maxTtlMs), mode),
        wasStored,
      );
  };
  const store = (
    verb: string,
    mode: string,
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): Promise<boolean> => {
    try {
      checkCallOptions(given, storeOptionNames);
      const { seconds, lifeMs } = expiry(verb, key, given);
      const run = storing(mode, key, value, seconds);
      return dispatch.byKey(key, run, false, {
        effect: 'write',
        needsValue: mode !== '',
        lifeMs,
        signal: given?.signal,
      });
    } catch (error) {
      return rejected(error);
    }
  };
  const deleting = (key: string): Run<boolean> => {
    const request = keyRequest('md', key, '');
    return (client) => client.ask(request, (reply) => answerOf(reply, key, { HD: true, NF: false }));
  };
  const swapping = (key: string, value: unknown, token: CasToken, seconds: number): Run<CasOutcome> => {
    const { nodeId, epoch, cas } = readCasToken(token);
    const request = storeRequest(key, wireValue(format.write(key, value)), seconds, ` C${cas}`);
    const outcomes = { HD: 'stored', EX: 'exists', NF: 'missing', NS: 'exists' } as const;
    return (client, node) =>
      node.id === nodeId
        ? client.askBy<CasOutcome>(epoch, request, (reply) => answerOf(reply, key, outcomes), 'exists')
        : Promise.resolve('exists');
  };
  const readMany = <Result>(
    keys: readonly string[],
    flags: string,
    read: (reply: MetaReply, key: string, node: Node) => Result | undefined,
    intent: Intent,
  ): Promise<Map<string, Result>> => {
    const items = new Map(keys.map((key) => [key, keyRequest('mg', key, flags)]));
    const run = async (client: MetaClient, own: readonly string[], node: Node) => {
      const found = new Map<string, Result | Error>();
      await inBatches(own, (part) =>
        client.askMany(
          part.map((key) => items.get(key)!),
          (reply, index) => {
            const key = part[index]!;
            const outcome = outcomeOf(() => read(reply, key, node));
            if (outcome !== undefined) found.set(key, outcome);
          },
        ),
      );
      return found;
    };
    return dispatch.byKeys(keys, run, intent);
  };
  const versioned = <Value>(reply: MetaReply, key: string, node: Node): Versioned<Value> => {
    const value = valueOf(reply, key);
    return value === undefined ? undefined : { value: value as Value, cas: casToken(node.id, reply.epoch, reply.cas!) };
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
      checkDelta(verb, by);
      const request = keyRequest('ma', key, ` v M${mode} D${by}`);
      const run = (client: MetaClient) => client.ask(request, (reply) => countOf(reply, key));
      return dispatch.byKey<number | undefined>(key, run, undefined, { needsValue: true, signal: given?.signal });
    });

  return {
    ...leaseCommands(dispatch, { format, expiry, decoded }),
    get: <Value>(key: string, given?: CallOptions) => {
      try {
        checkCallOptions(given);
        const request = keyRequest('mg', key, ' f v');
        const run = (client: MetaClient) => client.ask(request, valueOf);
        return dispatch.byKey(key, run, undefined, given ? { effect: 'read', signal: given.signal } : reads) as Promise<
          Value | undefined
        >;
      } catch (error) {
        return rejected(error);
      }
    },
    async getMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      const read = (reply: MetaReply, key: string) => valueOf(reply, key) as Value | undefined;
      return readMany(keysOf('getMany', keys), ' f v', read, { signal: given?.signal });
    },
    set: (key, value, given) => store('set', '', key, value, given),
    add: (key, value, given) => store('add', ' ME', key, value, given),
    replace: (key, value, given) => store('replace', ' MR', key, value, given),
    delete: (key, given) =>
      promised(() => {
        checkCallOptions(given);
        return dispatch.byKey(key, deleting(key), false, { effect: 'delete', signal: given?.signal });
      }),
    touch: (key, given) =>
      promised(() => {
        checkCallOptions(given, storeOptionNames);
        const { seconds, lifeMs } = expiry('touch', key, given);
        const request = keyRequest('mg', key, ` T${seconds}`);
        const run = (client: MetaClient) =>
          client.ask(request, (reply) => answerOf(reply, key, { HD: true, EN: false }));
        return dispatch.byKey(key, run, false, { needsValue: true, lifeMs, signal: given?.signal });
      }),
    incr: (key, by = 1, given) => count('incr', 'I', key, by, given),
    decr: (key, by = 1, given) => count('decr', 'D', key, by, given),
    gets: <Value>(key: string, given?: CallOptions) =>
      promised(() => {
        checkCallOptions(given);
        const request = keyRequest('mg', key, ' f c v');
        const run = (client: MetaClient, node: Node) =>
          client.ask(request, (reply) => versioned<Value>(reply, key, node));
        return dispatch.byKey<Versioned<Value>>(key, run, undefined, {
          effect: 'read',
          standIns: false,
          signal: given?.signal,
        });
      }),
    cas: (key, value, token, given) =>
      promised(() => {
        checkCallOptions(given, storeOptionNames);
        const { seconds, lifeMs } = expiry('cas', key, given);
        const run = swapping(key, value, token, seconds);
        return dispatch.byKey<CasOutcome>(key, run, 'missing', { needsValue: true, lifeMs, signal: given?.signal });
      }),
    async setMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const entries = entriesOf('setMany', given);
      const { seconds, lifeMs } = lifeOfMany('setMany', entries, options);
      const runs = mapped(entries, (value, key) => storing('', key, value, seconds));
      const results = await dispatch.byKeys(
        [...runs.keys()],
        (client, own, node, maxTtlMs) => outcomesByKey(own, (key) => promiseOf(runs.get(key)!(client, node, maxTtlMs))),
        { effect: 'write', lifeMs, signal: options?.signal },
      );
      return withMissing(runs.keys(), results, false);
    },
    async deleteMany(all, given) {
      checkCallOptions(given);
      const keys = keysOf('deleteMany', all);
      const runs = new Map(keys.map((key) => [key, deleting(key)]));
      const results = await dispatch.byKeys(
        keys,
        (client, own, node, maxTtlMs) => outcomesByKey(own, (key) => promiseOf(runs.get(key)!(client, node, maxTtlMs))),
        { effect: 'delete', signal: given?.signal },
      );
      return withMissing(keys, results, false);
    },
    async getsMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      return readMany(keysOf('getsMany', keys), ' f c v', versioned<Value>, {
        effect: 'read',
        standIns: false,
        signal: given?.signal,
      });
    },
    async casMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const entries = casEntriesOf(given);
      const { seconds, lifeMs } = lifeOfMany('casMany', entries, options);
      const runs = mapped(entries, ({ value, cas }, key) => swapping(key, value, cas, seconds));
      const results = await dispatch.byKeys<CasOutcome>(
        [...runs.keys()],
        (client, own, node, maxTtlMs) => outcomesByKey(own, (key) => promiseOf(runs.get(key)!(client, node, maxTtlMs))),
        { effect: 'bound', needsValue: true, lifeMs, signal: options?.signal },
      );
      return withMissing(runs.keys(), results, 'missing');
    },
  };
}
