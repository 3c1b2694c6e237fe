import type { RedisOptions as IoredisOptions } from 'ioredis';

import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { ConnectionSetting, Tls } from '../../contracts/connection.js';
import type { Node } from '../../contracts/node.js';
import { checkTtl } from '../../support/ttl.js';
import type { Ttl } from '../../contracts/ttl.js';
import { checked, checkShape, checkWhole, hasMethod } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { checkSecrets } from '../../support/connection-checks.js';
import { connectionSetting } from '../../support/connection-setting.js';
import type { NextConnection } from '../../support/connection-setting.js';

/** What a connection to one node needs besides its address. */
export type RedisConnection = Readonly<
  Pick<IoredisOptions, 'username' | 'password' | 'db' | 'family' | 'connectionName'> & {
    tls?: Tls;
    /** A Unix socket, instead of the node's host and port. */
    path?: string;
  }
>;

export type RedisConnectionSetting = ConnectionSetting<RedisConnection>;

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
  /**
   * Credentials, database, TLS and Unix socket, for all nodes or each: an object, a promise of it, or a function that is
   * called for each connection, so that a password may be a token that expires.
   */
  connection?: RedisConnectionSetting;
}

export type ResolvedRedisOptions = Readonly<
  Required<Omit<RedisOptions, 'defaultTtl' | 'connection'>> &
    Pick<RedisOptions, 'defaultTtl'> & { connection: (node: Node) => NextConnection<RedisConnection> }
>;

const defaults = Object.freeze({ codec: jsonCodec, maxValueBytes: 8_000_000, connectTimeoutMs: 500 });
const names = [...Object.keys(defaults), 'defaultTtl', 'connection'] as readonly (keyof RedisOptions)[];
const connectionNames = ['username', 'password', 'db', 'tls', 'path', 'family', 'connectionName'] as const;

/** @throws HerdOptionError that reports every option that is unknown or wrong. */
export const resolveRedisOptions = (given: RedisOptions): ResolvedRedisOptions =>
  checked((problems) => readRedisOptions(problems, given));

/** Reports what is wrong. @param more names of options that are looked at elsewhere. */
export function readRedisOptions(
  problems: OptionProblems,
  given: RedisOptions,
  more: readonly string[] = [],
): ResolvedRedisOptions {
  const known = [...names, ...more] as typeof names;
  const { connection = {}, ...options } = { ...defaults, ...checkShape(problems, given, known) };
  const { codec, defaultTtl } = options;
  const isCodec = hasMethod(codec, 'encode') && hasMethod(codec, 'decode');
  problems.check(isCodec, 'codec', codec, 'must be a codec, with encode and decode; leave it out for JSON');
  for (const name of ['maxValueBytes', 'connectTimeoutMs'] as const)
    checkWhole(problems, name, options[name], [1, 2 ** 29], 'leave it out for the default');
  const next = connectionSetting(problems, connection, (found, one) => checkConnection(found, one));
  if (defaultTtl !== undefined) checkTtl(problems, 'defaultTtl', defaultTtl);
  return Object.freeze({ ...options, connection: next });
}

/** @param option the connection in messages. */
export function checkConnection(
  problems: OptionProblems,
  given: RedisConnection,
  option = 'connection',
): RedisConnection {
  const connection = checkShape(problems, given, connectionNames, `${option}.`);
  const { db, family, connectionName, username, password } = connection;
  checkSecrets(problems, connection, option);
  const isPair = username === undefined || password !== undefined;
  problems.check(isPair, `${option}.username`, username, 'must be given with password');
  if (db !== undefined) checkWhole(problems, `${option}.db`, db, [0, 2 ** 31 - 1], 'leave it out for 0');
  const isFamily = family === undefined || [0, 4, 6].includes(family);
  problems.check(isFamily, `${option}.family`, family, 'must be 4 or 6, for IPv4 or IPv6; leave it out for either');
  const isName =
    connectionName === undefined || (typeof connectionName === 'string' && /^[!-~]+$/.test(connectionName));
  problems.check(isName, `${option}.connectionName`, connectionName, 'must be a text without spaces; leave it out');
  return connection;
}
