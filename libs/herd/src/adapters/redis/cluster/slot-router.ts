import type { Node } from '../../../contracts/node.js';
import type { Router, RouteTable } from '../../../contracts/router.js';
import type { ClusterMap } from './cluster-map.js';
import { keySlot, slotCount } from './key-slot.js';

/**
 * Routes by the slots of a cluster, not by a ring: the servers decide. A table keeps its nodes for good, and follows a slot that
 * moves between them at once.
 */
export const slotRouter = (map: ClusterMap): Router =>
  Object.freeze({
    name: 'slots',
    build(nodes: readonly Node[]): RouteTable {
      const byId = new Map(nodes.map((node) => [node.id, node]));
      const atFirst = Array.from({ length: slotCount }, (_, slot) => byId.get(map.ownerOf(slot) ?? ''));
      const nodeFor = (key: string): Node | undefined => {
        const slot = keySlot(key);
        // One that has moved to a node that is yet to join is read at its old owner, which redirects.
        return byId.get(map.ownerOf(slot) ?? '') ?? atFirst[slot];
      };
      return Object.freeze({
        nodes: Object.freeze([...nodes]),
        nodeFor,
        // No other shard accepts the key.
        nodesFor: (key: string, count: number) => {
          const owner = nodeFor(key);
          return owner && count > 0 ? [owner] : [];
        },
      });
    },
  });
