import { CheckedCodec } from '../../codec/checked-codec.js';
import type { Dispatch, Intent } from '../../contracts/dispatch.js';
import type { CallOptions, CasOutcome, CasToken, StoreOptions } from '../../contracts/key-value-commands.js';
import type { Node } from '../../contracts/node.js';
import { checkCallOptions, storeOptionNames } from '../../support/call-options.js';
import { checkDelta } from '../../support/check-delta.js';
import { ttlMs } from '../../support/ttl.js';
import { casEntriesOf, entriesOf, keysOf, mapped } from '../../support/entries.js';
import { outcomeOf, outcomesByKey, withMissing } from '../../support/outcomes-by-key.js';
import { promised, rejected } from '../../support/promised.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import { casToken, readCasToken } from './cas-token.js';
import { wireKey } from './key.js';
import type { MemcachedCommands } from './memcached-commands.js';
import type { ResolvedMemcachedOptions } from './memcached-options.js';
import type { NodeClient } from './node-client.js';
import { countOf, lineOf, valuesOf } from './replies.js';
import type { ReplyValue } from './reply-parser.js';
import type { Ttl } from '../../contracts/ttl.js';
import { cappedExptime, exptime, leastTtlMs } from './ttl.js';
import { wireValue } from './wire-value.js';

/** Keys of one request line; more go in further lines, pipelined. */
const keysPerRequest = 100;

/** The commands over `dispatch`: each checks its arguments before anything is sent. */
export function memcachedCommands(
  dispatch: Dispatch<NodeClient>,
  options: ResolvedMemcachedOptions,
): MemcachedCommands {
  const format = new CheckedCodec(options.codec, options.maxValueBytes);
  const ttlOf = ({ ttl = options.defaultTtl }: StoreOptions = {}): Ttl | undefined => ttl;
  const lifeOf = (given: StoreOptions | undefined): number => ttlMs(ttlOf(given)!, leastTtlMs);
  /** Of no keys no life is noted. */
  const lifeOfMany = (runs: ReadonlyMap<string, unknown>, given: StoreOptions | undefined): number =>
    runs.size === 0 && given?.ttl === undefined ? 0 : lifeOf(given);
  const expiry = (command: string, key: string, given: StoreOptions | undefined): number => {
    checkCallOptions(given, storeOptionNames);
    const ttl = ttlOf(given);
    if (ttl === undefined)
      throw new HerdRequestError({
        what: `${command}(${JSON.stringify(key)}) needs a ttl`,
        remedy: `pass { ttl: '60s' }, or give memcached() a defaultTtl`,
      });
    return exptime(ttl, options.now());
  };
  const storeLine = (
    verb: string,
    key: string,
    value: unknown,
    store: StoreOptions | undefined,
  ): ((maxTtlMs: number, cas?: string) => string) => {
    const wire = wireKey(key);
    const seconds = expiry(verb, key, store);
    const { flags, bytes, text } = wireValue(format.write(key, value));
    return (maxTtlMs, cas) =>
      `${verb} ${wire} ${flags} ${cappedExptime(seconds, maxTtlMs)} ${bytes}${cas === undefined ? '' : ` ${cas}`}\r\n${text}`;
  };
  const storing = (
    verb: 'set' | 'add' | 'replace',
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): ((client: NodeClient, node: Node, maxTtlMs: number) => Promise<boolean>) => {
    const command = storeLine(verb, key, value, given);
    return (client, _node, maxTtlMs) =>
      client.send(command(maxTtlMs), (reply) => lineOf(reply, key, 'STORED', 'NOT_STORED') === 'STORED');
  };
  const store = (
    verb: 'set' | 'add' | 'replace',
    key: string,
    value: unknown,
    given: StoreOptions | undefined,
  ): Promise<boolean> => {
    try {
      const run = storing(verb, key, value, given);
      return dispatch.byKey(key, run, false, {
        effect: 'write',
        needsValue: verb !== 'set',
        lifeMs: lifeOf(given),
        signal: given?.signal,
      });
    } catch (error) {
      return rejected(error);
    }
  };
  const deleting = (key: string): ((client: NodeClient) => Promise<boolean>) => {
    const command = `delete ${wireKey(key)}`;
    return (client) => client.send(command, (reply) => lineOf(reply, key, 'DELETED', 'NOT_FOUND') === 'DELETED');
  };
  const swapping = (
    key: string,
    value: unknown,
    token: CasToken,
    given: StoreOptions | undefined,
  ): ((client: NodeClient, node: Node) => Promise<CasOutcome>) => {
    const { nodeId, epoch, cas } = readCasToken(token);
    const command = storeLine('cas', key, value, given)(Infinity, cas);
    return async (client, node) => {
      if (node.id !== nodeId || !client.isOn(epoch)) return 'exists';
      return client.send(command, (reply) => outcomes[lineOf(reply, key, 'STORED', 'EXISTS', 'NOT_FOUND')]);
    };
  };
  const readMany = async <Result>(
    verb: 'get' | 'gets',
    given: readonly string[],
    read: (key: string, value: ReplyValue, client: NodeClient, node: Node) => Result,
    intent: Intent,
  ): Promise<Map<string, Result>> => {
    const keys = keysOf(`${verb}Many`, given);
    const wires = new Map(keys.map((key) => [wireKey(key), key]));
    const ask = async (
      client: NodeClient,
      own: readonly string[],
      node: Node,
    ): Promise<Map<string, Result | Error>> => {
      const found = new Map<string, Result | Error>();
      const take = (value: ReplyValue): void => {
        const key = wires.get(value.key)!;
        found.set(
          key,
          outcomeOf(() => read(key, value, client, node)),
        );
      };
      await Promise.all(
        chunks(own).map((chunk) =>
          client.send(`${verb} ${chunk.map(wireKey).join(' ')}`, (reply) => valuesOf(reply, ...chunk).forEach(take)),
        ),
      );
      return found;
    };
    return dispatch.byKeys(keys, ask, intent);
  };
  const decoded = <Value>(key: string, { data, flags }: ReplyValue): Value =>
    (typeof data === 'string' ? format.readAscii(key, data, flags) : format.readBytes(key, data, true, flags)) as Value;
  const versioned = <Value>(key: string, value: ReplyValue, client: NodeClient, node: Node) => ({
    value: decoded<Value>(key, value),
    cas: casToken(node.id, client.epoch, value.cas!),
  });
  const count = (
    verb: 'incr' | 'decr',
    key: string,
    by: number,
    given: CallOptions | undefined,
  ): Promise<number | undefined> =>
    promised(() => {
      checkCallOptions(given);
      checkDelta(verb, by);
      const command = `${verb} ${wireKey(key)} ${by}`;
      return dispatch.byKey<number | undefined>(
        key,
        (client) => client.send(command, (reply) => countOf(reply, key)),
        undefined,
        { needsValue: true, signal: given?.signal },
      );
    });
  return {
    get: <Value>(key: string, given?: CallOptions) => {
      try {
        checkCallOptions(given);
        const command = `get ${wireKey(key)}`;
        const run = (client: NodeClient) =>
          client.send(command, (reply) => {
            const value = valuesOf(reply, key)[0];
            return value && decoded<Value>(key, value);
          });
        return dispatch.byKey<Value | undefined>(key, run, undefined, { effect: 'read', signal: given?.signal });
      } catch (error) {
        return rejected(error);
      }
    },
    async getMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      return readMany('get', keys, decoded<Value>, { signal: given?.signal });
    },
    set: (key, value, given) => store('set', key, value, given),
    add: (key, value, given) => store('add', key, value, given),
    replace: (key, value, given) => store('replace', key, value, given),
    async delete(key, given) {
      checkCallOptions(given);
      return dispatch.byKey(key, deleting(key), false, { effect: 'delete', signal: given?.signal });
    },
    async touch(key, given) {
      const command = `touch ${wireKey(key)} ${expiry('touch', key, given)}`;
      return dispatch.byKey(
        key,
        (client) => client.send(command, (reply) => lineOf(reply, key, 'TOUCHED', 'NOT_FOUND') === 'TOUCHED'),
        false,
        { needsValue: true, lifeMs: lifeOf(given), signal: given?.signal },
      );
    },
    incr: (key, by = 1, given) => count('incr', key, by, given),
    decr: (key, by = 1, given) => count('decr', key, by, given),
    async gets<Value>(key: string, given?: CallOptions) {
      checkCallOptions(given);
      const command = `gets ${wireKey(key)}`;
      return dispatch.byKey<{ value: Value; cas: string } | undefined>(
        key,
        (client, node) =>
          client.send(command, (reply) => {
            const [value] = valuesOf(reply, key);
            return value && versioned<Value>(key, value, client, node);
          }),
        undefined,
        { effect: 'read', standIns: false, signal: given?.signal },
      );
    },
    async cas(key, value, token, given) {
      const run = swapping(key, value, token, given);
      return dispatch.byKey<CasOutcome>(key, run, 'missing', {
        needsValue: true,
        lifeMs: lifeOf(given),
        signal: given?.signal,
      });
    },
    async setMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const runs = mapped(entriesOf('setMany', given), (value, key) => storing('set', key, value, options));
      const results = await dispatch.byKeys(
        [...runs.keys()],
        (client, own, node, maxTtlMs) => outcomesByKey(own, (key) => runs.get(key)!(client, node, maxTtlMs)),
        { effect: 'write', lifeMs: lifeOfMany(runs, options), signal: options?.signal },
      );
      return withMissing(runs.keys(), results, false);
    },
    async deleteMany(all, given) {
      checkCallOptions(given);
      const keys = keysOf('deleteMany', all);
      const runs = new Map(keys.map((key) => [key, deleting(key)]));
      const results = await dispatch.byKeys(
        keys,
        (client, own) => outcomesByKey(own, (key) => runs.get(key)!(client)),
        { effect: 'delete', signal: given?.signal },
      );
      return withMissing(keys, results, false);
    },
    async getsMany<Value>(keys: readonly string[], given?: CallOptions) {
      checkCallOptions(given);
      return readMany('gets', keys, versioned<Value>, { effect: 'read', standIns: false, signal: given?.signal });
    },
    async casMany(given, options) {
      checkCallOptions(options, storeOptionNames);
      const entries = casEntriesOf(given);
      const runs = mapped(entries, ({ value, cas }, key) => swapping(key, value, cas, options));
      const results = await dispatch.byKeys<CasOutcome>(
        [...runs.keys()],
        (client, own, node) => outcomesByKey(own, (key) => runs.get(key)!(client, node)),
        { effect: 'bound', needsValue: true, lifeMs: lifeOfMany(runs, options), signal: options?.signal },
      );
      return withMissing(runs.keys(), results, 'missing');
    },
  };
}

const outcomes = { STORED: 'stored', EXISTS: 'exists', NOT_FOUND: 'missing' } as const;

const chunks = (keys: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(keys.length / keysPerRequest) }, (_, i) =>
    keys.slice(i * keysPerRequest, (i + 1) * keysPerRequest),
  );
