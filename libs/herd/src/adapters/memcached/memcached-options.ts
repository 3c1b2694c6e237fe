import { jsonCodec } from '../../codec/json.codec.js';
import type { Codec } from '../../contracts/codec.js';
import type { Node } from '../../contracts/node.js';
import type { Ttl } from '../../contracts/ttl.js';
import { HerdRequestError } from '../../errors/operation-errors.js';
import { checked, checkShape, checkWhole, hasMethod } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { connectionSetting } from '../../support/connection-setting.js';
import type { NextConnection } from '../../support/connection-setting.js';
import { checkMemcachedConnection } from './memcached-connection.js';
import type { MemcachedConnection, MemcachedConnectionSetting } from './memcached-connection.js';
import { exptime } from './ttl.js';

/** How values are written, and how long connecting may take. */
export interface MemcachedOptions {
  /** Default `jsonCodec`. */
  codec?: Codec;
  /** The life of values that are stored without a `ttl` of their own. Default: each needs one. */
  defaultTtl?: Ttl;
  /** The largest value sent. Default 1,000,000: memcached accepts a little less than 1 MiB unless started with `-I`. */
  maxValueBytes?: number;
  /** Deadline for a connection. Default 500. */
  connectTimeoutMs?: number;
  /** How nodes are reached, for all or each: an object, a promise of it, or a function that is called for each connection. */
  connection?: MemcachedConnectionSetting;
  /** Epoch milliseconds, for lives of more than 30 days. Default `Date.now`. */
  now?: () => number;
}

export type ResolvedMemcachedOptions = Readonly<
  Required<Omit<MemcachedOptions, 'defaultTtl' | 'connection'>> &
    Pick<MemcachedOptions, 'defaultTtl'> & { connection: (node: Node) => NextConnection<MemcachedConnection> }
>;

const defaults = Object.freeze({ codec: jsonCodec, maxValueBytes: 1_000_000, connectTimeoutMs: 500, now: Date.now });
const names = [...Object.keys(defaults), 'defaultTtl', 'connection'] as readonly (keyof MemcachedOptions)[];
const mostBytes = 2 ** 27;
const remedy = 'leave it out for the default';

/** @throws HerdOptionError that reports every option that is unknown or wrong. */
export const resolveMemcachedOptions = (given: MemcachedOptions): ResolvedMemcachedOptions =>
  checked((problems) => readMemcachedOptions(problems, given));

/** Reports what is wrong. @param more names of options that are looked at elsewhere. */
export function readMemcachedOptions(
  problems: OptionProblems,
  given: MemcachedOptions,
  more: readonly string[] = [],
): ResolvedMemcachedOptions {
  const known = [...names, ...more] as typeof names;
  const { connection = {}, ...options } = { ...defaults, ...checkShape(problems, given, known) };
  const { codec, defaultTtl, maxValueBytes, connectTimeoutMs, now } = options;
  const isCodec = hasMethod(codec, 'encode') && hasMethod(codec, 'decode');
  problems.check(isCodec, 'codec', codec, 'must be a codec, with encode and decode; leave it out for JSON');
  const hasClock = problems.check(
    typeof now === 'function',
    'now',
    now,
    'must be a function; leave it out for Date.now',
  );
  for (const [name, value] of Object.entries({ maxValueBytes, connectTimeoutMs }))
    checkWhole(problems, name, value, [1, mostBytes], remedy);
  if (defaultTtl !== undefined) checkDefaultTtl(problems, defaultTtl, hasClock ? now() : 0);
  const next = connectionSetting(problems, connection, checkMemcachedConnection);
  return Object.freeze({ ...options, connection: next });
}

function checkDefaultTtl(problems: OptionProblems, ttl: Ttl, now: number): void {
  try {
    exptime(ttl, now);
  } catch (error) {
    if (!(error instanceof HerdRequestError)) throw error;
    problems.check(false, 'defaultTtl', ttl, `must be a ttl; ${error.remedy}`);
  }
}
