import { callbackNodes, startHerd } from '@rookery/herd';
import type { Herd, InvalidationBus } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis, redisCluster, redisSentinel } from '@rookery/herd/redis';

import type { Access, Setting } from './messages.js';

/** The group that the sentinels watch. */
export const groupName = 'proof';

/** What a process may learn while it runs. */
export type Known = { nodes: readonly string[]; version: number; access: Access };

const defaultTtl = '10m';

/** The herd of one process; its nodes, and what the first of them requires, are as `known` has them at each moment. */
export function openHerd(
  { driver, policy, addresses, lateWritesMs, failoverTtlMs }: Setting,
  known: Known,
  bus: InvalidationBus | undefined,
): Promise<Herd<MemcachedCommands>> {
  const options = {
    ...(bus && { bus }),
    onNodeDown: policy,
    timeoutMs: 250,
    maxProbeMs: 300,
    lateWritesMs,
    failoverTtl: failoverTtlMs,
    warmUpFor: '1m',
  } as const;
  if (driver === 'redisCluster') return startHerd({ ...options, ...redisCluster({ nodes: addresses, defaultTtl }) });
  if (driver === 'redisSentinel')
    return startHerd({
      ...options,
      ...redisSentinel({ sentinels: addresses, names: [groupName], defaultTtl }),
      refresh: '200ms',
    });
  const connection = ({ id }: Readonly<{ id: string }>) => {
    const { ca, ...login } = known.access;
    return id === addresses[0] ? { ...login, ...(ca !== undefined && { tls: { ca } }) } : {};
  };
  return startHerd({
    ...options,
    discovery: callbackNodes(() => ({ nodes: known.nodes, version: known.version })),
    driver: { memcached, metaMemcached, redis }[driver]({ defaultTtl, connection }),
    refresh: '1h',
  });
}
