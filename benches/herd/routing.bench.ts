/**
 * Prints, for each router, how evenly it spreads 100,000 keys and how many it moves, and by number of nodes how long a
 * table takes to build (median of five) and how many lookups a second it serves. No network. Run: `npm run build:libs && npx tsc -b benches && node benches/dist/herd/routing.bench.js`.
 */
import { ketama, maglev, modulo, rendezvous } from '@rookery/herd';
import type { Node, Router } from '@rookery/herd';

const nodesOf = (count: number): Node[] => Array.from({ length: count }, (_, i) => ({ id: `node-${i}`, host: `10.0.${i >> 8}.${i & 255}`, port: 11211 }));
const keys = Array.from({ length: 10_000 }, (_, i) => `user:${i}:profile`);

function buildMs(router: Router, nodes: readonly Node[]): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    router.build(nodes);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[2]!;
}

function lookupsPerSecond(router: Router, nodes: readonly Node[]): number {
  const table = router.build(nodes);
  const start = performance.now();
  let lookups = 0;
  while (performance.now() - start < 300) {
    for (let i = 0; i < 500; i++) table.nodeFor(keys[(lookups + i) % keys.length]!);
    lookups += 500;
  }
  return lookups / ((performance.now() - start) / 1000);
}

function spread(router: Router): string {
  const sample = Array.from({ length: 100_000 }, (_, i) => `user:${i}:profile`);
  const owners = (nodes: readonly Node[]): (string | undefined)[] => {
    const table = router.build(nodes);
    return sample.map((key) => table.nodeFor(key)?.id);
  };
  const ten = owners(nodesOf(10));
  const moved = (to: readonly Node[]): string => `${((owners(to).filter((owner, i) => owner !== ten[i]).length / sample.length) * 100).toFixed(1)}%`;
  const loads = nodesOf(10).map(({ id }) => ten.filter((owner) => owner === id).length);
  const withoutMiddle = nodesOf(10).filter((_, i) => i !== 4);
  return `most loaded of 10 nodes ${((Math.max(...loads) * 10) / sample.length).toFixed(2)}  moved 10 to 11 nodes ${moved(nodesOf(11))}, 10 to 9 ${moved(withoutMiddle)}`;
}

for (const router of [rendezvous(), ketama(), maglev(), modulo()]) {
  console.log(`${router.name.padEnd(10)} ${spread(router)}`);
  for (const count of [3, 10, 100, 1000]) {
    const nodes = nodesOf(count);
    const build = buildMs(router, nodes).toFixed(2).padStart(7);
    const lookups = Math.round(lookupsPerSecond(router, nodes) / 1000).toString().padStart(6);
    console.log(`${router.name.padEnd(10)} ${String(count).padStart(4)} nodes  build ${build} ms  lookups ${lookups} k/s`);
  }
}
