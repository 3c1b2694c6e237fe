import type { Discovery } from '../../../contracts/discovery.js';
import { checked } from '../../../support/option-checks.js';
import { connectionSetting } from '../../../support/connection-setting.js';
import { NodeClient } from '../node-client.js';
import { OpenClients } from '../open-clients.js';
import { redisDriver } from '../redis-driver.js';
import type { RedisDriver } from '../redis.driver.js';
import { checkConnection, readRedisOptions } from '../redis-options.js';
import type { RedisConnectionSetting, RedisOptions } from '../redis-options.js';
import { readAddresses, sharedConnection } from '../topology-options.js';
import { Primaries } from './primaries.js';
import { SentinelDiscovery } from './sentinel.discovery.js';

/** How primaries are found, and how values are written. */
export interface RedisSentinelOptions extends RedisOptions {
  /** The sentinels, as `host:port`. Most of them decide, so list all. */
  sentinels: readonly string[];
  /** The names of the groups that they watch, such as `['mymaster']`; the herd spreads its keys over several. */
  names: readonly string[];
  /** Credentials and TLS of the sentinels, as `connection` has those of the servers. */
  sentinelConnection?: RedisConnectionSetting;
}

/** Two parts of a herd that belong together. */
export type RedisSentinel = Readonly<{ discovery: Discovery; driver: RedisDriver }>;

/**
 * Redis with replicas that sentinels watch: each group is a node, whichever of its servers is the primary.
 *
 * @example
 * HerdModule.forRoot({ ...redisSentinel({ sentinels: ['10.0.0.1:26379', '10.0.0.2:26379', '10.0.0.3:26379'], names: ['mymaster'] }) })
 *
 * @throws HerdOptionError
 */
export function redisSentinel(options: RedisSentinelOptions): RedisSentinel {
  const { sentinels, names, sentinelConnection, resolved } = checked((problems) => {
    const resolved = readRedisOptions(problems, options, ['sentinels', 'names', 'sentinelConnection']);
    const given = (options as Partial<RedisSentinelOptions> | undefined) ?? {};
    const { names = [], sentinelConnection = {} } = given;
    const isList = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string' && name);
    const isDistinct = isList && new Set(names).size === names.length;
    problems.check(isDistinct, 'names', given.names, `must be a list of different names, such as ['mymaster']`);
    const [servers, watchers] = [given.connection, given.sentinelConnection].map(sharedConnection);
    for (const [option, path] of [
      ['connection.path', servers?.path] as const,
      ['sentinelConnection.path', watchers?.path] as const,
    ])
      problems.check(path === undefined, option, path, 'must be left out: one socket leads to one server');
    const db = watchers?.db;
    problems.check(!db, 'sentinelConnection.db', db, 'must be left out: sentinels have no databases');
    return {
      resolved,
      names,
      sentinels: readAddresses(problems, 'sentinels', given.sentinels),
      sentinelConnection: connectionSetting(problems, sentinelConnection, (found, one) =>
        checkConnection(found, one, 'sentinelConnection'),
      ),
    };
  });
  const { connectTimeoutMs, connection } = resolved;
  const primaries = new Primaries(sentinels, sentinelConnection, connectTimeoutMs);
  const clients = new OpenClients();
  const open = (node: Parameters<RedisDriver['open']>[0]): NodeClient => {
    const locate = () => primaries.locate(node.id);
    const client = new NodeClient(node, { connectTimeoutMs, next: connection(node), locate });
    clients.add(client);
    return client;
  };
  const close = (client: NodeClient): Promise<void> => {
    clients.delete(client);
    return Promise.resolve(client.close());
  };
  return Object.freeze({
    discovery: new SentinelDiscovery(names, primaries, (name, address) => {
      for (const client of clients.of(name)) client.moveTo(address);
    }),
    driver: { ...redisDriver('redisSentinel', resolved, open), close },
  });
}
