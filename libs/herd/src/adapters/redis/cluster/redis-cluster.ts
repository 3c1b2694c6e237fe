import type { Discovery } from '../../../contracts/discovery.js';
import type { Driver } from '../../../contracts/driver.js';
import type { Router } from '../../../contracts/router.js';
import { checked } from '../../../support/option-checks.js';
import { News } from '../news.js';
import { redisDriver } from '../redis-driver.js';
import type { NodeClient } from '../node-client.js';
import type { RedisCommands, RedisNodeCommands } from '../redis-commands.js';
import type { RedisDriver } from '../redis.driver.js';
import { readRedisOptions } from '../redis-options.js';
import type { RedisOptions } from '../redis-options.js';
import { readAddresses, sharedConnection } from '../topology-options.js';
import { ClusterDiscovery } from './cluster.discovery.js';
import { ClusterLinks } from './cluster-links.js';
import { ClusterMap } from './cluster-map.js';
import { slotRouter } from './slot-router.js';

/** How a cluster is found, and how its values are written. */
export interface RedisClusterOptions extends RedisOptions {
  /** Some of the servers, as `host:port`, or a name that leads to any of them; the others are found. */
  nodes: readonly string[];
}

/** The three parts of a herd that follows a cluster: they belong together. */
export type RedisCluster = Readonly<{ discovery: Discovery; driver: RedisDriver; router: Router }>;

/** How often the slots are queried after a lost connection or a redirection, at most. */
const newsEveryMs = 200;

/**
 * A Redis Cluster (or Valkey) as a herd: each shard is a node, whichever of its servers is the primary.
 *
 * @example HerdModule.forRoot({ ...redisCluster({ nodes: ['10.0.0.1:6379', '10.0.0.2:6379'], defaultTtl: '10m' }) })
 *
 * @throws HerdOptionError
 */
export function redisCluster(options: RedisClusterOptions): RedisCluster {
  const { nodes, resolved } = checked((problems) => {
    const resolved = readRedisOptions(problems, options, ['nodes']);
    const { nodes, connection } = (options as Partial<RedisClusterOptions> | undefined) ?? {};
    const { db, path } = sharedConnection(connection);
    problems.check(!db, 'connection.db', db, 'must be left out: a cluster has database 0 alone');
    problems.check(path === undefined, 'connection.path', path, 'must be left out: one socket leads to one server');
    return { nodes: readAddresses(problems, 'nodes', nodes), resolved };
  });
  const map = new ClusterMap();
  const news = new News(newsEveryMs);
  const links = new ClusterLinks(map, resolved, news.report);
  const driver: Driver<NodeClient, RedisCommands, RedisNodeCommands> = {
    ...redisDriver('redisCluster', resolved, (node) => links.open(node)),
    standIns: false,
    close: (client) => Promise.resolve(links.close(client)),
  };
  return Object.freeze({
    discovery: new ClusterDiscovery(map, nodes, resolved, news),
    router: slotRouter(map),
    driver,
  });
}
