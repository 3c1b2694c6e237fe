import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { exptime } from './ttl.js';

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
  /** Epoch milliseconds, for lives of more than 30 days. Default `Date.now`. */
  now?: () => number;
}

export type ResolvedMemcachedOptions = Readonly<Required<Omit<MemcachedOptions, 'defaultTtl'>> & Pick<MemcachedOptions, 'defaultTtl'>>;

const defaults = Object.freeze({ codec: jsonCodec, maxValueBytes: 1_000_000, connectTimeoutMs: 500, now: Date.now });

/** @throws {@link HerdOptionError} */
export function resolveMemcachedOptions(given: MemcachedOptions): ResolvedMemcachedOptions {
  const unknown = Object.keys(given).find((name) => !(name in defaults) && name !== 'defaultTtl');
  if (unknown !== undefined) throw new HerdOptionError(unknown, 'is unknown', unknown, `use one of ${Object.keys(defaults).join(', ')}, defaultTtl`);
  const options = Object.freeze({ ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }) as ResolvedMemcachedOptions;
  const { codec, defaultTtl, maxValueBytes, connectTimeoutMs, now } = options;
  if (typeof codec?.encode !== 'function' || typeof codec.decode !== 'function') throw new HerdOptionError('codec', 'must be a codec', codec, 'leave it out for JSON');
  if (typeof now !== 'function') throw new HerdOptionError('now', 'must be a function', now, 'leave it out for Date.now');
  for (const [name, value] of Object.entries({ maxValueBytes, connectTimeoutMs })) {
    if (!Number.isInteger(value) || value < 1 || value > 2 ** 27) throw new HerdOptionError(name, 'must be a whole number from 1 to 2^27', value, 'leave it out for the default');
  }
  if (defaultTtl !== undefined) checkTtl(defaultTtl, now());
  return options;
}

function checkTtl(ttl: Ttl, now: number): void {
  try {
    exptime(ttl, now);
  } catch {
    throw new HerdOptionError('defaultTtl', 'must be a ttl', ttl, `pass seconds, a text such as '60s', or 'never'`);
  }
}
