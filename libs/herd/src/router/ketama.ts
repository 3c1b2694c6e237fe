import { addressOf } from '../support/nodes.js';
import type { Node } from '../contracts/node.js';
import type { Router, RouteTable } from '../contracts/router.js';
import { checked, checkShape } from '../support/option-checks.js';
import { byId, weightOf } from './by-id.js';
import { md5 } from './md5.js';
import { buildRing, firstPoint, walk } from './ring.js';

/**
 * The name under which a node's points are hashed, which must be the same in all clients that share the servers:
 * - `id` (default): the node's id. Agrees with twemproxy where its servers have names, and the ids are these.
 * - `libmemcached`: `host:port`, or `host` alone on port 11211. Agrees with libmemcached (PHP, pylibmc, Ruby), npm
 *   `memcached`, and twemproxy where its servers have no names. A node that changes its address changes its keys, then.
 */
export type PointName = 'id' | 'libmemcached' | ((node: Node) => string);

/** How points are named. */
export interface KetamaOptions {
  pointName?: PointName;
}

/**
 * Consistent hashing on a ring of 160 MD5 points per node, on average, in proportion to weight: key for key what
 * twemproxy (`distribution: ketama`, `hash: md5`) and libmemcached (`KETAMA_WEIGHTED`) do. For herds shared with these;
 * else rendezvous and Maglev balance better. As there, a node below 1/40 of the mean weight gets no points.
 *
 * @see https://github.com/twitter/twemproxy/blob/master/src/hashkit/nc_ketama.c
 * @throws HerdOptionError
 */
export function ketama(options: KetamaOptions = {}): Router {
  const nameOf = checked((problems) => {
    const { pointName = 'id' } = checkShape(problems, options, ['pointName']);
    const known = typeof pointName === 'function' || Object.hasOwn(names, pointName);
    problems.check(known, 'pointName', pointName, `must be 'id', 'libmemcached' or a function of the node`);
    return typeof pointName === 'function' ? pointName : names[pointName];
  });
  return { name: 'ketama', build: (nodes) => build(byId(nodes), nameOf) };
}

const names = {
  id: ({ id }: Node): string => id,
  libmemcached: (node: Node): string => (node.port === 11211 ? node.host : addressOf(node)),
};

function build(nodes: readonly Node[], nameOf: (node: Node) => string): RouteTable {
  const totalWeight = nodes.reduce((sum, node) => sum + weightOf(node), 0);
  const ring = buildRing(
    nodes.map((node) => pointsOf(nameOf(node), md5Count(weightOf(node), totalWeight, nodes.length))),
  );
  const digest = new Uint32Array(4);
  const place = (key: string): number => {
    md5(key, digest);
    return firstPoint(ring, digest[0]!);
  };
  return Object.freeze({
    nodes,
    nodeFor: (key: string) => nodes[ring.owners[place(key)]!],
    nodesFor: (key: string, count: number) => walk(ring.owners, place(key), nodes, count),
  });
}

/** How many digests, of four points each. The roundings are those of the C sources, which compute in `float`. */
function md5Count(weight: number, totalWeight: number, nodeCount: number): number {
  const { fround } = Math;
  const share = fround(fround(weight) / fround(totalWeight));
  return Math.floor(fround(fround(fround(fround(share * 160) / 4) * nodeCount) + 1e-10));
}

function pointsOf(name: string, digests: number): Uint32Array {
  const points = new Uint32Array(digests * 4);
  for (let i = 0; i < digests; i++) md5(`${name}-${i}`, points.subarray(i * 4, i * 4 + 4));
  return points;
}
