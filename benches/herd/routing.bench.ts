/**
 * For each router: how evenly it spreads 100,000 keys and how many it moves, and by number of nodes how long a table takes to
 * build (median of five) and how many lookups a second it serves. No network.
 *
 *     npm run bench -- herd routing
 */
import { ketama, maglev, modulo, rendezvous } from '@rookery/herd';
import type { Node, Router } from '@rookery/herd';

import { printTable } from './table.js';

const nodesOf = (count: number): Node[] =>
  Array.from({ length: count }, (_, i) => ({ id: `node-${i}`, host: `10.0.${i >> 8}.${i & 255}`, port: 11211 }));
const keysOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `user:${i}:profile`);
const keys = keysOf(10_000);
const manyKeys = keysOf(1_000_000);

function buildMs(router: Router, nodes: readonly Node[]): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    router.build(nodes);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[2]!;
}

function lookupsPerSecond(router: Router, nodes: readonly Node[], keys: readonly string[]): number {
  const table = router.build(nodes);
  const start = performance.now();
  let lookups = 0;
  while (performance.now() - start < 300) {
    for (let i = 0; i < 500; i++) table.nodeFor(keys[(lookups + i) % keys.length]!);
    lookups += 500;
  }
  return lookups / ((performance.now() - start) / 1000);
}

const share = (part: number): string => `${(part * 100).toFixed(1)}%`;

function spread(router: Router): (string | number)[] {
  const sample = Array.from({ length: 100_000 }, (_, i) => `user:${i}:profile`);
  const owners = (nodes: readonly Node[]): (string | undefined)[] => {
    const table = router.build(nodes);
    return sample.map((key) => table.nodeFor(key)?.id);
  };
  const ten = owners(nodesOf(10));
  const moved = (to: readonly Node[]): string =>
    share(owners(to).filter((owner, i) => owner !== ten[i]).length / sample.length);
  const loads = nodesOf(10).map(({ id }) => ten.filter((owner) => owner === id).length);
  const withoutMiddle = nodesOf(10).filter((_, i) => i !== 4);
  return [moved(nodesOf(11)), moved(withoutMiddle), Number(((Math.max(...loads) * 10) / sample.length).toFixed(2))];
}

const routers = [rendezvous(), ketama(), maglev(), modulo()];
printTable(
  ['router', 'moved 10 to 11 nodes (ideal 9.1%)', 'moved 10 to 9 (ideal 10%)', 'most loaded of 10, to its share'],
  routers.map((router) => [router.name, ...spread(router)]),
);
console.log();
const speeds = routers.flatMap((router) =>
  [3, 10, 100, 1000].map((count) => {
    const nodes = nodesOf(count);
    return [
      router.name,
      count,
      Number(buildMs(router, nodes).toFixed(2)),
      Math.round(lookupsPerSecond(router, nodes, keys) / 1000),
      Math.round(lookupsPerSecond(router, nodes, manyKeys) / 1000),
    ];
  }),
);
printTable(['router', 'nodes', 'build ms', 'k lookups/s of 10,000 keys', 'k lookups/s of 1,000,000 keys'], speeds);
