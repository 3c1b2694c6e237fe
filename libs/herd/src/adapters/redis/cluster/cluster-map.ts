import type { Node } from '../../../contracts/node.js';
import { addressOf } from '../../../support/nodes.js';
import { keySlot, slotCount } from './key-slot.js';
import type { Address, Member, ShardView } from './slot-view.js';

/**
 * A primary and its replicas. `id` and `first` stay as they are whichever of them is the primary, so that what a herd knows of a
 * shard outlasts a failover: `id` is the id of the server that was the primary when the shard was first seen.
 */
type Shard = { readonly id: string; readonly first: Address; primary: Member; members: ReadonlyMap<string, Member> };

const spareKeys = 'rookery:ping';

/** Which shard owns which slot, and which server is its primary, as discovery and the servers' redirections report. */
export class ClusterMap {
  private shards = new Map<string, Shard>();
  private readonly owners: (string | undefined)[] = Array.from({ length: slotCount }, () => undefined);

  get isEmpty(): boolean {
    return this.shards.size === 0;
  }

  /** Follows a view of the whole cluster. A slot that nobody owns keeps its last owner. */
  follow(view: readonly ShardView[]): void {
    const claimed = new Set<string>();
    const next = new Map<string, Shard>();
    for (const { primary, replicas, ranges } of view) {
      const members = new Map([primary, ...replicas].map((member) => [member.id, member]));
      const known = this.shardOf(primary.id, claimed);
      const shard: Shard = {
        id: known?.id ?? this.freeId(primary.id, claimed),
        first: known?.first ?? primary,
        primary,
        members,
      };
      claimed.add(shard.id);
      next.set(shard.id, shard);
      for (const [first, last] of ranges) this.owners.fill(shard.id, first, last + 1);
    }
    this.shards = next;
  }

  /** A server has redirected: the slot is owned by the server at `address`. Does nothing for an unknown address. */
  learn(slot: number, address: Address): void {
    for (const shard of this.shards.values()) {
      const owner = [...shard.members.values()].find((member) => isSame(member, address));
      if (!owner) continue;
      shard.primary = owner;
      this.owners[slot] = shard.id;
      return;
    }
  }

  ownerOf(slot: number): string | undefined {
    return this.owners[slot];
  }

  /** The shard whose primary is at `address`. */
  shardAt(address: Address): string | undefined {
    return [...this.shards.values()].find(({ primary }) => isSame(primary, address))?.id;
  }

  primaryOf(id: string): Address | undefined {
    return this.shards.get(id)?.primary;
  }

  /** Each shard as a node; its address is that of its first primary, unless another shard has that now. */
  nodes(): readonly Node[] {
    const shards = [...this.shards.values()];
    return shards.map(({ id, first, primary }) => {
      const taken = shards.some((other) => other.id !== id && isSame(other.primary, first));
      const { host, port } = taken ? primary : first;
      return { id, host, port };
    });
  }

  /** All known servers, primaries first. */
  servers(): readonly Address[] {
    const shards = [...this.shards.values()];
    const all = [...shards.map(({ primary }) => primary), ...shards.flatMap(({ members }) => [...members.values()])];
    return [...new Map(all.map(({ host, port }) => [addressOf({ host, port }), { host, port }])).values()];
  }

  /** A key that nobody uses, in a slot of the shard; it begins with `beginning`, unless no such key is the shard's. */
  spareKey(id: string, beginning = spareKeys): string {
    for (let i = 0; i < slotCount * 4; i++) {
      const key = `${beginning}:${i}`;
      if (this.owners[keySlot(key)] === id) return key;
      // Braces in it name its slot.
      if (keySlot(beginning) === keySlot(key)) break;
    }
    return beginning === spareKeys ? spareKeys : this.spareKey(id);
  }

  /** A server that left its shard for one of its own leaves the id behind too. */
  private freeId(server: string, claimed: ReadonlySet<string>): string {
    const isTaken = claimed.has(server) || this.shards.has(server);
    return isTaken ? this.freeId(`${server}+`, claimed) : server;
  }

  private shardOf(server: string, claimed: ReadonlySet<string>): Shard | undefined {
    const free = [...this.shards.values()].filter(({ id }) => !claimed.has(id));
    return free.find(({ primary }) => primary.id === server) ?? free.find(({ members }) => members.has(server));
  }
}

const isSame = (one: Address, other: Address): boolean => one.host === other.host && one.port === other.port;
