import { createHash } from 'node:crypto';

import { CheckedCodec } from '../../codec/checked-codec.js';
import type { Dispatch, Intent } from '../../contracts/dispatch.js';
import type { CallOptions, CasOutcome, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
import type { Node } from '../../contracts/node.js';
import { checkCallOptions, storeOptionNames } from '../../support/call-options.js';
import { checkDelta } from '../../support/check-delta.js';
import { casEntriesOf, entriesOf, keysOf, mapped } from '../../support/entries.js';
import { outcomeOf, outcomesByKey, withMissing } from '../../support/outcomes-by-key.js';
import { rejected } from '../../support/promised.js';
import { ttlMs } from '../../support/ttl.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import { expiryWords, longestMs, wholeMs } from './expiry-words.js';
import { checked, chunks } from './key.js';
import type { NodeClient } from './node-client.js';
import type { RedisCommands } from './redis-commands.js';
import type { ResolvedRedisOptions } from './redis-options.js';
import { casScript, countScript, persistScript } from './scripts.js';
import { fromBytes, toArgument } from './value-bytes.js';

/** The commands over `dispatch`: each checks its arguments before anything is sent. */
export function redisCommands(dispatch: Dispatch<NodeClient>, options: ResolvedRedisOptions): RedisCommands {
  const codec = new CheckedCodec(options.codec, options.maxValueBytes);
  const defaultLifeMs = options.defaultTtl === undefined ? undefined : ttlMs(options.defaultTtl);
  const life = (command: string, key: string, given: StoreOptions | undefined): number => {
    checkCallOptions(given, storeOptionNames);
    const ttl = given?.ttl;
    if (ttl === undefined && defaultLifeMs !== undefined) return defaultLifeMs;
    if (ttl === undefined)
      throw new HerdRequestError({
        what: `${command}(${JSON.stringify(key)}) needs a ttl`,
        remedy: `pass { ttl: '60s' }, or give redis() a defaultTtl`,
      });
    return ttlMs(ttl);
  };
  /** Of no keys no life is noted. */
  const manyLife = (command: string, keys: ReadonlyMap<string, unknown>, given: StoreOptions | undefined): number => {
    const [first] = keys.keys();
    return first === undefined && given?.ttl === undefined ? 0 : life(command, first ?? '', given);
  };
  const encoded = (key: string, value: unknown): Buffer | string => toArgument(codec.write(checked(key), value));
  const decoded = <Value>(key: string, stored: Buffer): Value => codec.read(key, fromBytes(stored)) as Value;

  const storing = (
    command: string,
    only: 'NX' | 'XX' | undefined,
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): ((client: NodeClient, node: Node, maxTtlMs: number) => Promise<boolean>) => {
    const stored = encoded(key, value);
    const lifeMs = life(command, key, given);
    const words = (maxTtlMs: number): (string | Buffer)[] => [
      key,
      stored,
      ...expiryWords(Math.min(lifeMs, maxTtlMs)),
      ...(only ? [only] : []),
    ];
    return (client, _node, maxTtlMs) =>
      client.send(
        key,
        (redis) => redis.call('set', words(maxTtlMs)),
        (reply) => reply === 'OK',
      );
  };
  const store = (
    command: string,
    only: 'NX' | 'XX' | undefined,
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): Promise<boolean> => {
    try {
      const run = storing(command, only, key, value, given);
      const lifeMs = life(command, key, given);
      return dispatch.byKey(key, run, false, {
        effect: 'write',
        needsValue: only !== undefined,
        lifeMs,
        signal: given?.signal,
      });
    } catch (error) {
      return rejected(error);
    }
  };
  const deleting = (client: NodeClient, key: string): Promise<boolean> =>
    client.send(
      key,
      (redis) => redis.unlink(key),
      (count) => count > 0,
    );
  const versioned = <Value>(key: string, stored: Buffer): { value: Value; cas: string } => ({
    value: decoded<Value>(key, stored),
    cas: createHash('sha1').update(stored).digest('hex'),
  });
  const readMany = async <Result>(
    keys: readonly string[],
    read: (key: string, stored: Buffer) => Result,
    intent: Intent,
  ): Promise<Map<string, Result>> => {
    keys.forEach(checked);
    const ask = async (client: NodeClient, own: readonly string[]): Promise<Map<string, Result | Error>> => {
      const found = new Map<string, Result | Error>();
      const chunksOfValues = await Promise.all(
        chunks(own, client.keysPerCommand).map((chunk) =>
          client.send(chunk[0]!, (redis) => redis.mgetBuffer([...chunk]), same),
        ),
      );
      chunksOfValues.flat().forEach((stored, i) => {
        if (stored)
          found.set(
            own[i]!,
            outcomeOf(() => read(own[i]!, stored)),
          );
      });
      return found;
    };
    return dispatch.byKeys(keys, ask, intent);
  };
  const swapping = (
    command: string,
    key: string,
    value: unknown,
    token: CasToken,
    given: StoreOptions | undefined,
  ): ((client: NodeClient) => Promise<CasOutcome>) => {
    if (!/^[0-9a-f]{40}$/.test(token))
      throw new HerdRequestError({
        what: 'This is no cas token',
        received: token,
        remedy: 'pass the one that gets() gave',
      });
    const bytes = encoded(key, value);
    const lifeMs = life(command, key, given);
    const expiry = lifeMs >= longestMs ? '' : String(wholeMs(lifeMs));
    return (client) =>
      client.send(
        key,
        (redis) => redis.eval(casScript, 1, key, token, bytes, expiry),
        (outcome) => outcome as CasOutcome,
      );
  };
  const count = async (
    command: string,
    key: string,
    by: number,
    sign: 1 | -1,
    given: CallOptions | undefined,
  ): Promise<number | undefined> => {
    checkCallOptions(given);
    checkDelta(command, by);
    checked(key);
    const run = (client: NodeClient) =>
      client.send(
        key,
        (redis) => redis.eval(countScript, 1, key, String(sign * by)),
        (text) => (typeof text === 'string' ? safeCount(text, key) : undefined),
      );
    return dispatch.byKey<number | undefined>(key, run, undefined, { needsValue: true, signal: given?.signal });
  };

  return {
    get: <Value>(key: string, given?: CallOptions) => {
      try {
        checkCallOptions(given);
        checked(key);
        const run = (client: NodeClient) =>
          client.send(
            key,
            (redis) => redis.getBuffer(key),
            (stored) => (stored ? decoded<Value>(key, stored) : undefined),
          );
        return dispatch.byKey<Value | undefined>(key, run, undefined, { effect: 'read', signal: given?.signal });
      } catch (error) {
        return rejected(error);
      }
    },
    async getMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      return readMany(keysOf('getMany', keys), decoded<Value>, { signal: given?.signal });
    },
    set: (key, value, given) => store('set', undefined, key, value, given),
    add: (key, value, given) => store('add', 'NX', key, value, given),
    replace: (key, value, given) => store('replace', 'XX', key, value, given),
    async delete(key, given) {
      checkCallOptions(given);
      checked(key);
      return dispatch.byKey(key, (client) => deleting(client, key), false, {
        effect: 'delete',
        signal: given?.signal,
      });
    },
    async touch(key, given) {
      const lifeMs = life('touch', checked(key), given);
      const run = (client: NodeClient) =>
        client.send(
          key,
          (redis): Promise<unknown> =>
            lifeMs >= longestMs ? redis.eval(persistScript, 1, key) : redis.pexpire(key, wholeMs(lifeMs)),
          (count) => count === 1,
        );
      return dispatch.byKey(key, run, false, { needsValue: true, lifeMs, signal: given?.signal });
    },
    incr: (key, by = 1, given) => count('incr', key, by, 1, given),
    decr: (key, by = 1, given) => count('decr', key, by, -1, given),
    async gets<Value>(key: string, given?: CallOptions) {
      checkCallOptions(given);
      checked(key);
      const run = (client: NodeClient) =>
        client.send(
          key,
          (redis) => redis.getBuffer(key),
          (stored) => (stored ? versioned<Value>(key, stored) : undefined),
        );
      return dispatch.byKey(key, run, undefined, { effect: 'read', standIns: false, signal: given?.signal });
    },
    async cas(key, value, token, given) {
      const run = swapping('cas', key, value, token, given);
      return dispatch.byKey<CasOutcome>(key, run, 'missing', {
        needsValue: true,
        lifeMs: life('cas', key, given),
        signal: given?.signal,
      });
    },
    async setMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const entries = entriesOf('setMany', given);
      const runs = mapped(entries, (value, key) => storing('setMany', undefined, key, value, options));
      const results = await dispatch.byKeys(
        [...runs.keys()],
        (client, own, node, maxTtlMs) => outcomesByKey(own, (key) => runs.get(key)!(client, node, maxTtlMs)),
        { effect: 'write', lifeMs: manyLife('setMany', runs, options), signal: options?.signal },
      );
      return withMissing(runs.keys(), results, false);
    },
    async deleteMany(keys, given) {
      checkCallOptions(given);
      keysOf('deleteMany', keys).forEach(checked);
      const results = await dispatch.byKeys(keys, (client, own) => outcomesByKey(own, (key) => deleting(client, key)), {
        effect: 'delete',
        signal: given?.signal,
      });
      return withMissing(keys, results, false);
    },
    async getsMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      return readMany(keysOf('getsMany', keys), versioned<Value>, {
        effect: 'read',
        standIns: false,
        signal: given?.signal,
      });
    },
    async casMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const entries = casEntriesOf(given);
      const runs = mapped(entries, ({ value, cas }, key) => swapping('casMany', key, value, cas, options));
      const results = await dispatch.byKeys<CasOutcome>(
        [...runs.keys()],
        (client, own) => outcomesByKey(own, (key) => runs.get(key)!(client)),
        { effect: 'bound', needsValue: true, lifeMs: manyLife('casMany', runs, options), signal: options?.signal },
      );
      return withMissing(runs.keys(), results, 'missing');
    },
  };
}

function safeCount(text: string, key: string): number {
  if (Number.isSafeInteger(Number(text))) return Number(text);
  throw new HerdRequestError({
    what: `The counter ${JSON.stringify(key)} has passed 2^53 - 1`,
    received: text,
    remedy: 'begin it anew with set(key, 0, …)',
  });
}

const same = <Reply>(reply: Reply): Reply => reply;
