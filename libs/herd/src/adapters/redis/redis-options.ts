import type { RedisOptions as IoredisOptions } from 'ioredis';

import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { Node } from '../../contracts/node.js';
import { checkTtl } from '../../support/ttl.js';
import type { Ttl } from '../../contracts/ttl.js';
import { checked, checkShape, checkWhole, hasMethod } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';

/** What a connection to one node needs besides its address. */
export type RedisConnection = Readonly<
  Pick<IoredisOptions, 'username' | 'password' | 'db' | 'tls' | 'family' | 'connectionName'>
>;

/** How values are written, and how nodes are reached. */
export interface RedisOptions {
  /** Default `jsonCodec`. */
  codec?: Codec;
  /** The life of values that are stored without a `ttl` of their own. Default: each needs one. */
  defaultTtl?: Ttl;
  /** The largest value sent. Default 8,000,000. */
  maxValueBytes?: number;
  /** Deadline for a connection. Default 500. */
  connectTimeoutMs?: number;
  /** Credentials, database and TLS, for all nodes or each. */
  connection?: RedisConnection | ((node: Node) => RedisConnection);
}

export type ResolvedRedisOptions = Readonly<
  Required<Omit<RedisOptions, 'defaultTtl' | 'connection'>> &
    Pick<RedisOptions, 'defaultTtl'> & { connection: (node: Node) => RedisConnection }
>;

const defaults = Object.freeze({ codec: jsonCodec, maxValueBytes: 8_000_000, connectTimeoutMs: 500 });
const names = [...Object.keys(defaults), 'defaultTtl', 'connection'] as readonly (keyof RedisOptions)[];
const connectionNames = ['username', 'password', 'db', 'tls', 'family', 'connectionName'] as const;

/** @throws HerdOptionError that reports every option that is unknown or wrong. */
export function resolveRedisOptions(given: RedisOptions): ResolvedRedisOptions {
  return checked((problems) => {
    const { connection = {}, ...options } = { ...defaults, ...checkShape(problems, given, names) };
    const { codec, defaultTtl } = options;
    const isCodec = hasMethod(codec, 'encode') && hasMethod(codec, 'decode');
    problems.check(isCodec, 'codec', codec, 'must be a codec, with encode and decode; leave it out for JSON');
    for (const name of ['maxValueBytes', 'connectTimeoutMs'] as const)
      checkWhole(problems, name, options[name], [1, 2 ** 29], 'leave it out for the default');
    if (typeof connection !== 'function') checkConnection(problems, connection);
    if (defaultTtl !== undefined) checkTtl(problems, 'defaultTtl', defaultTtl);
    return Object.freeze({ ...options, connection: connectionOf(connection) });
  });
}

/** What a function gives for a node is checked when the node joins. */
function connectionOf(given: NonNullable<RedisOptions['connection']>): (node: Node) => RedisConnection {
  if (typeof given === 'function') return (node) => checked((problems) => checkConnection(problems, given(node)));
  return () => given;
}

const checkConnection = (problems: OptionProblems, given: RedisConnection): RedisConnection =>
  checkShape(problems, given, connectionNames, 'connection.');
