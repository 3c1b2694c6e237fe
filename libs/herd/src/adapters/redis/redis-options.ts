import type { RedisOptions as IoredisOptions } from 'ioredis';

import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { Node } from '../../contracts/node.js';
import { ttlMs } from '../../support/ttl.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdOptionError } from '../../errors/option-error.js';

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
const known = [...Object.keys(defaults), 'defaultTtl', 'connection'];

/** @throws {@link HerdOptionError} */
export function resolveRedisOptions(given: RedisOptions): ResolvedRedisOptions {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${known.join(', ')}`);
  const { connection = {}, ...options } = {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  } as Required<RedisOptions>;
  const { codec, defaultTtl } = options as RedisOptions;
  if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function')
    throw new HerdOptionError('codec', 'must be a codec', codec, 'leave it out for JSON');
  for (const name of ['maxValueBytes', 'connectTimeoutMs'] as const) {
    const value = options[name];
    if (!Number.isInteger(value) || value < 1 || value > 2 ** 29)
      throw new HerdOptionError(name, 'must be a whole number from 1 to 2^29', value, 'leave it out for the default');
  }
  if (typeof connection !== 'function' && (typeof connection !== 'object' || connection === null))
    throw new HerdOptionError(
      'connection',
      'must be options or a function of the node',
      connection,
      `pass { password: '…' }`,
    );
  if (defaultTtl !== undefined) checkTtl(defaultTtl);
  return Object.freeze({ ...options, connection: typeof connection === 'function' ? connection : () => connection });
}

function checkTtl(ttl: Ttl): void {
  try {
    ttlMs(ttl);
  } catch {
    throw new HerdOptionError('defaultTtl', 'must be a ttl', ttl, `pass seconds, a text such as '60s', or 'never'`);
  }
}
