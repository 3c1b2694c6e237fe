import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { Node } from '../../contracts/node.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { exptime } from './ttl.js';

/** How one node is reached; what is left out is the node's own, or as for all. */
export type MemcachedConnection = Readonly<{
  /** Instead of the node's: through a tunnel or a proxy. */
  host?: string;
  port?: number;
  /** Deadline for a connection. */
  connectTimeoutMs?: number;
  /** First TCP keep-alive probe after this much silence. Default: none is sent. */
  keepAliveMs?: number;
}>;

/** How values are written, and how long connecting may take. */
export interface MemcachedOptions {
  /** Default `jsonCodec`. */
  codec?: Codec;
  /** The life of values that are stored without a `ttl` of their own. Default: each needs one. */
  defaultTtl?: Ttl;
  /** The largest value sent. Default 1,000,000: memcached takes a little less than 1 MiB unless started with `-I`. */
  maxValueBytes?: number;
  /** Deadline for a connection. Default 500. */
  connectTimeoutMs?: number;
  /** How nodes are reached, for all or each. */
  connection?: MemcachedConnection | ((node: Node) => MemcachedConnection);
  /** Epoch milliseconds, for lives of more than 30 days. Default `Date.now`. */
  now?: () => number;
}

export type ResolvedMemcachedOptions = Readonly<
  Required<Omit<MemcachedOptions, 'defaultTtl' | 'connection'>> &
    Pick<MemcachedOptions, 'defaultTtl'> & { connection: (node: Node) => MemcachedConnection }
>;

const defaults = Object.freeze({ codec: jsonCodec, maxValueBytes: 1_000_000, connectTimeoutMs: 500, now: Date.now });
const known = [...Object.keys(defaults), 'defaultTtl', 'connection'];

/** @throws {@link HerdOptionError} */
export function resolveMemcachedOptions(given: MemcachedOptions): ResolvedMemcachedOptions {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${known.join(', ')}`);
  const { connection = {}, ...options } = {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  } as Omit<ResolvedMemcachedOptions, 'connection'> & Pick<MemcachedOptions, 'connection'>;
  const { codec, defaultTtl, maxValueBytes, connectTimeoutMs, now } = options;
  if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function')
    throw new HerdOptionError('codec', 'must be a codec', codec, 'leave it out for JSON');
  if (typeof now !== 'function')
    throw new HerdOptionError('now', 'must be a function', now, 'leave it out for Date.now');
  for (const [name, value] of Object.entries({ maxValueBytes, connectTimeoutMs })) {
    if (!Number.isInteger(value) || value < 1 || value > 2 ** 27)
      throw new HerdOptionError(name, 'must be a whole number from 1 to 2^27', value, 'leave it out for the default');
  }
  if (defaultTtl !== undefined) checkTtl(defaultTtl, now());
  return Object.freeze({ ...options, connection: connectionOf(connection) });
}

const connectionOptions = ['host', 'port', 'connectTimeoutMs', 'keepAliveMs'];

function connectionOf(given: NonNullable<MemcachedOptions['connection']>): (node: Node) => MemcachedConnection {
  if (typeof given === 'function') return (node) => checked(given(node));
  const connection = checked(given);
  return () => connection;
}

function checked(connection: MemcachedConnection): MemcachedConnection {
  if (typeof connection !== 'object' || connection === null)
    throw new HerdOptionError(
      'connection',
      'must be options or a function of the node',
      connection,
      'pass { connectTimeoutMs: 500 }',
    );
  const unknown = Object.keys(connection).find((name) => !connectionOptions.includes(name));
  if (unknown !== undefined)
    throw new HerdOptionError(
      `connection: ${unknown}`,
      'is unknown',
      unknown,
      `use one of ${connectionOptions.join(', ')}`,
    );
  const { host, ...numbers } = connection;
  if (host !== undefined && (typeof host !== 'string' || host === ''))
    throw new HerdOptionError('connection: host', 'must be a host', host, 'leave it out for the host of the node');
  for (const [name, value] of Object.entries(numbers)) {
    const most = name === 'port' ? 65535 : 2 ** 27;
    if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > most))
      throw new HerdOptionError(
        `connection: ${name}`,
        `must be a whole number from 1 to ${most}`,
        value,
        'leave it out for the default',
      );
  }
  return Object.fromEntries(Object.entries(connection).filter(([, value]) => value !== undefined));
}

function checkTtl(ttl: Ttl, now: number): void {
  try {
    exptime(ttl, now);
  } catch {
    throw new HerdOptionError('defaultTtl', 'must be a ttl', ttl, `pass seconds, a text such as '60s', or 'never'`);
  }
}
