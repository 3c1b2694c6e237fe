import type { MemcachedOptions, ResolvedMemcachedOptions } from '../memcached-options.js';
import { readMemcachedOptions } from '../memcached-options.js';
import { checked, checkWhole } from '../../../support/option-checks.js';

/** How values are written, and how nodes are reached. */
export interface MetaMemcachedOptions extends MemcachedOptions {
  /**
   * Connections to each node, from 1 to 64. One carries all that one process sends, pipelined; more spare small values the wait
   * behind large ones. Default 1.
   */
  connections?: number;
}

export type ResolvedMetaOptions = ResolvedMemcachedOptions & Readonly<{ connections: number }>;

/** @throws HerdOptionError that reports every option that is unknown or wrong. */
export function resolveMetaOptions(given: MetaMemcachedOptions): ResolvedMetaOptions {
  return checked((problems) => {
    const options = readMemcachedOptions(problems, given, ['connections']);
    const { connections = 1 } = (given as MetaMemcachedOptions | undefined) ?? {};
    checkWhole(problems, 'connections', connections, [1, 64], 'leave it out for 1');
    return Object.freeze({ ...options, connections });
  });
}
