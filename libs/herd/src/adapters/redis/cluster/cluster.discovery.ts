import type { Discovered, Discovery } from '../../../contracts/discovery.js';
import { HerdDiscoveryError } from '../../../errors/discovery-error.js';
import { addressOf } from '../../../support/nodes.js';
import { problemOf } from '../../../support/message-of.js';
import type { News } from '../news.js';
import type { ResolvedRedisOptions } from '../redis-options.js';
import { agreed, queryServer } from '../server-query.js';
import type { ClusterMap } from './cluster-map.js';
import { ownersText, readSlots } from './slot-view.js';
import type { Address, ShardView } from './slot-view.js';

/** Servers that are queried at once. */
const serversAsked = 5;

/** Finds the shards of a cluster by CLUSTER SLOTS, as most of the servers see them. */
export class ClusterDiscovery implements Discovery {
  readonly name = 'redisCluster';

  constructor(
    private readonly map: ClusterMap,
    private readonly seeds: readonly Address[],
    private readonly options: Pick<ResolvedRedisOptions, 'connectTimeoutMs' | 'connection'>,
    private readonly news: News,
  ) {}

  async nodes(): Promise<Discovered> {
    const all = new Map([...this.map.servers(), ...this.seeds].map((server) => [addressOf(server), server]));
    // Seeds may be names that lead to any of the servers: they are queried when no known server answers.
    const known = [...all.values()];
    const view = await this.viewOf(known.slice(0, serversAsked)).catch((error: unknown) => {
      const others = known.slice(serversAsked);
      if (others.length === 0) throw error;
      return this.viewOf(others);
    });
    this.map.follow(view);
    return { nodes: this.map.nodes() };
  }

  watch(changed: () => void): () => void {
    return this.news.listen(changed);
  }

  close(): Promise<void> {
    this.news.close();
    return Promise.resolve();
  }

  private async viewOf(servers: readonly Address[]): Promise<readonly ShardView[]> {
    try {
      const [first] = await agreed(servers, (server) => this.ask(server), ownersText);
      return first!.answer;
    } catch (cause) {
      throw new HerdDiscoveryError({
        what: `No server of the cluster gave its slots (${problemOf(cause)})`,
        remedy: 'see that the servers run with cluster-enabled yes, and that connection has what they require',
        cause,
      });
    }
  }

  private ask(server: Address): Promise<readonly ShardView[]> {
    const plan = {
      next: this.options.connection({ id: addressOf(server), ...server }),
      timeoutMs: this.options.connectTimeoutMs,
    };
    return queryServer(server, plan, async (redis) => readSlots(await redis.call('CLUSTER', 'SLOTS'), server));
  }
}
