import { setTimeout as pause } from 'node:timers/promises';

import { parseAddress } from '../../support/address.js';
import type { Tls } from '../../contracts/connection.js';
import { checkTls } from '../../support/connection-checks.js';
import type { Discovery } from '../../contracts/discovery.js';
import type { Duration } from '../../contracts/duration.js';
import { addressOf } from '../../support/nodes.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { checked, checkShape, checkWhole, readDuration } from '../../support/option-checks.js';
import { askConfig } from './ask-config.js';
import type { Endpoint } from './ask-config.js';
import type { ClusterConfig } from './cluster-config.js';
import { progress } from './progress.js';

/** Which cluster, and how its servers are queried. */
export interface ElastiCacheOptions {
  /** The cluster's configuration endpoint, `name.cfg.region.cache.amazonaws.com:11211`. */
  endpoint: string;
  /**
   * For a cluster with encryption in transit: `true`, or options of `tls.connect`. Nodes are then given by their names, which their
   * certificates hold, in place of their IP addresses. The driver has a `connection.tls` of its own. Default: plain TCP.
   */
  tls?: Tls;
  /** How many of the known nodes are queried, in turn, before the endpoint; and how often the endpoint before there are any. Default 3. */
  tries?: number;
  /** Between two tries. Default `500ms`. */
  retryDelay?: Duration;
  /** How long one server may take to answer. Default `500ms`. */
  attemptTimeout?: Duration;
}

/**
 * The nodes of an Amazon ElastiCache for Memcached cluster, by its auto discovery protocol. Of the answers, one that is
 * older than the newest seen, or differs from it under the same version, is passed over for the next server's.
 *
 * All tries together may take 3.5 s by default: let the herd wait for them with `discoveryTimeoutMs: 4000`.
 *
 * @example elastiCache({ endpoint: 'caches.pc4ldq.cfg.use1.cache.amazonaws.com:11211' })
 *
 * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoDiscovery.AddingToYourClientLibrary.html
 * @throws HerdOptionError for bad options. Its `nodes` throws {@link HerdDiscoveryError} when no server gives a list.
 */
export function elastiCache(options: ElastiCacheOptions): Discovery {
  const { endpoint, configuration, tls, tries, retryDelayMs, attemptTimeoutMs } = resolve(options);
  let newest: ClusterConfig | undefined;
  let turn = 0;

  /** Which to query: some of the known nodes, beginning with another each time, then the endpoint. */
  const servers = (): readonly Endpoint[] => {
    if (newest === undefined) return Array.from({ length: tries }, () => configuration);
    const { nodes } = newest;
    const first = turn++ % nodes.length;
    return [...nodes.slice(first), ...nodes.slice(0, first)]
      .slice(0, tries)
      .map(({ host, port }): Endpoint => ({ host, port, tls }))
      .concat(configuration);
  };

  return {
    name: 'elasticache',
    async nodes(signal) {
      const failures: unknown[] = [];
      for (const server of servers()) {
        try {
          if (failures.length > 0) await pause(retryDelayMs, undefined, { signal });
          const config = await askConfig(server, attemptTimeoutMs, signal);
          const state = progress(newest, config);
          if (state !== 'current') throw passedOver(server, config, newest!, state);
          newest = config;
          return { version: config.version, nodes: [...config.nodes] };
        } catch (error) {
          signal.throwIfAborted();
          failures.push(error);
        }
      }
      throw new HerdDiscoveryError({
        what: `ElastiCache discovery failed at each of ${failures.length} servers; the last: ${(failures.at(-1) as Error).message}`,
        remedy: `check the cluster of ${endpoint}`,
        cause: new AggregateError(failures),
      });
    },
  };
}

type Resolved = Readonly<{
  endpoint: string;
  configuration: Endpoint;
  tls: Tls | undefined;
  tries: number;
  retryDelayMs: number;
  attemptTimeoutMs: number;
}>;

const resolve = (options: ElastiCacheOptions): Resolved =>
  checked((problems) => {
    const given = checkShape(problems, options, ['endpoint', 'tls', 'tries', 'retryDelay', 'attemptTimeout']);
    const { endpoint, tls, tries = 3, retryDelay = '500ms', attemptTimeout = '500ms' } = given;
    const place = typeof endpoint === 'string' ? parseAddress(endpoint) : undefined;
    const isEndpoint = place !== undefined && place.port >= 1 && place.port <= 65535;
    const remedy = `must be host:port; copy the cluster's configuration endpoint, which ends in ':11211'`;
    problems.check(isEndpoint, 'endpoint', endpoint, remedy);
    checkTls(problems, 'tls', tls);
    checkWhole(problems, 'tries', tries, [1, 100], 'leave it out for 3');
    const retryDelayMs = readDuration(problems, 'retryDelay', retryDelay);
    const attemptTimeoutMs = readDuration(problems, 'attemptTimeout', attemptTimeout);
    return { endpoint, configuration: { ...place!, tls }, tls, tries, retryDelayMs, attemptTimeoutMs };
  });

function passedOver(
  server: Endpoint,
  config: ClusterConfig,
  newest: ClusterConfig,
  state: 'stale' | 'conflict',
): HerdDiscoveryError {
  const what =
    state === 'stale'
      ? `version ${config.version}, older than ${newest.version}`
      : `other nodes under the same version ${config.version}`;
  return new HerdDiscoveryError({
    what: `ElastiCache discovery at ${addressOf(server)} gave ${what}`,
    remedy: 'wait until the node has caught up; restart after the cluster was made anew under this name',
  });
}
