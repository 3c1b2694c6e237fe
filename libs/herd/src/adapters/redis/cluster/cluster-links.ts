import type { Redis } from 'ioredis';

import type { Node } from '../../../contracts/node.js';
import { HerdNodeError } from '../../../errors/operation-errors.js';
import { addressOf } from '../../../support/nodes.js';
import { NodeClient } from '../node-client.js';
import type { ConnectionPlan } from '../node-client.js';
import { OpenClients } from '../open-clients.js';
import type { ResolvedRedisOptions } from '../redis-options.js';
import type { ClusterMap } from './cluster-map.js';
import type { Address } from './slot-view.js';

/** A command may be redirected while its slot moves, and once more after that. */
const maxHops = 5;

/** The clients of a cluster, one for each shard, and how one hands a command on to another. */
export class ClusterLinks {
  private readonly clients = new OpenClients();
  /** To servers of which no shard is known yet. */
  private readonly spares = new Map<string, NodeClient>();

  /** @param onNews called when the map may be out of date. */
  constructor(
    private readonly map: ClusterMap,
    private readonly options: Pick<ResolvedRedisOptions, 'connectTimeoutMs' | 'connection'>,
    private readonly onNews: () => void,
  ) {}

  open(node: Node): NodeClient {
    const client: NodeClient = new NodeClient(node, {
      ...this.planOf(node),
      locate: () => this.locate(node),
      spareKey: (beginning) => this.map.spareKey(node.id, beginning),
      onLoss: this.onNews,
      elsewhere: (said, key, run, hops) => this.redirect(client, said, key, run, hops),
    });
    this.clients.add(client);
    return client;
  }

  close(client: NodeClient): void {
    client.close();
    this.clients.delete(client);
    if (!this.clients.none) return;
    for (const spare of this.spares.values()) spare.close();
    this.spares.clear();
  }

  /** After news, a client whose shard has another primary goes on there. */
  private locate(node: Node): Promise<Address> {
    const primary = this.map.primaryOf(node.id);
    // Without a map of the cluster yet, a node is the server of its own address.
    if (primary || this.map.isEmpty) return Promise.resolve(primary ?? node);
    const what = `Shard ${node.id} is no part of the cluster any more`;
    return Promise.reject(new HerdNodeError({ what, remedy: 'wait until its slots are found at another shard' }));
  }

  private redirect<Reply>(
    from: NodeClient,
    said: string,
    key: string,
    run: (redis: Redis) => Promise<Reply>,
    hops: number,
  ): Promise<Reply> | undefined {
    const [, kind, slot, host, port] = /^(MOVED|ASK) (\d+) (\S*):(\d+)$/.exec(said) ?? [];
    if (kind === undefined || hops >= maxHops) return undefined;
    const address = { host: host === '' ? this.hostOf(from) : host!, port: Number(port) };
    if (kind === 'ASK') return this.clientAt(address, from).send(key, (redis) => asking(redis, run), same, hops + 1);
    this.map.learn(Number(slot), address);
    this.onNews();
    const target = this.clientAt(address, from);
    // Its server was the primary when it connected, and is not now.
    if (target === from) from.moveOn();
    return target.send(key, run, same, hops + 1);
  }

  private hostOf({ node }: NodeClient): string {
    return this.map.primaryOf(node.id)?.host ?? node.host;
  }

  private clientAt(address: Address, from: NodeClient): NodeClient {
    const open = this.clients.of(this.map.shardAt(address) ?? '');
    const [known] = open.has(from) ? [from] : open;
    if (known) return known;
    const id = addressOf(address);
    const node = { id, ...address };
    const spare =
      this.spares.get(id) ?? new NodeClient(node, { ...this.planOf(node), locate: () => Promise.resolve(node) });
    this.spares.set(id, spare);
    return spare;
  }

  private planOf(node: Node): ConnectionPlan {
    const { connectTimeoutMs, connection } = this.options;
    return { connectTimeoutMs, next: connection(node), keysPerCommand: 1 };
  }
}

/** Both go in one turn, one after the other: the server lets the second pass into a slot that is on its way to it. */
function asking<Reply>(redis: Redis, run: (redis: Redis) => Promise<Reply>): Promise<Reply> {
  redis.asking().catch(() => undefined);
  return run(redis);
}

const same = <Reply>(reply: Reply): Reply => reply;
