import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { startHerd } from '@rookery/herd';
import type { Discovered, Discovery, Node } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';

import { until } from './poll.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the process holds: `heap` in MB, after all that can be let go of is gone. */
function held(): { heap: number; sockets: number; timers: number } {
  collectGarbage();
  const resources = process.getActiveResourcesInfo();
  const count = (name: string): number => resources.filter((resource) => resource === name).length;
  return { heap: process.memoryUsage().heapUsed / 2 ** 20, sockets: count('TCPSocketWrap'), timers: count('Timeout') };
}

/** Its answers by the second: nodes come and go, it fails, it finds nothing, and it lists a node at another address. */
function flapping(nodes: readonly Node[], second: () => number): Discovery {
  const answers: readonly (() => Discovered)[] = [
    () => ({ nodes }),
    () => ({ nodes: nodes.slice(0, 3) }),
    () => ({ nodes: nodes.slice(0, 3) }),
    () => ({ nodes: [] }),
    () => {
      throw new Error('no answer');
    },
    () => ({ nodes: [nodes[3]!, nodes[1]!, nodes[2]!] }),
    () => ({ nodes: [{ ...nodes[0]!, port: nodes[3]!.port }, nodes[1]!, nodes[2]!] }),
  ];
  return { name: 'flapping', nodes: () => new Promise((resolve) => resolve(answers[second() % answers.length]!())) };
}

it('an hour of flapping leaves no socket, no timer and no memory behind', async () => {
  let now = Date.UTC(2026, 0, 1);
  const servers: MemcachedNode[] = await Promise.all(
    Array.from({ length: 4 }, () => startMemcachedNode({ now: () => now })),
  );
  const nodes = servers.map(({ host, port }, i): Node => ({ id: `node-${i}`, host, port }));
  const begun = now;
  const second = (): number => (now - begun) / 1000;
  const herd = await startHerd({
    discovery: flapping(nodes, second),
    driver: memcached({ defaultTtl: '1m' }),
    now: () => now,
    refresh: '1h',
    probeMs: 1,
    maxProbeMs: 5,
    timeoutMs: 2000,
  });
  const pass = async (seconds: number): Promise<void> => {
    for (const end = second() + seconds; second() < end;) {
      now += 1000;
      await herd.refresh();
      const key = `key-${second() % 500}`;
      await Promise.all([
        herd.set(key, 'x'.repeat(100)),
        herd.get(key),
        herd.delete(`gone-${second()}`),
        herd.getOrSet(`made-${second() % 50}`, '10s', () => 'made'),
      ]);
      if (second() % 60 !== 0) continue;
      // Once a minute a server is away, and comes back where it was.
      const i = (second() / 60) % 4;
      await servers[i]!.close();
      await herd.refresh();
      await herd.set(key, 'missed by one');
      servers[i] = await startMemcachedNode({ now: () => now, port: nodes[i]!.port });
      await until('all are up', () => herd.topology.nodes.every(({ health }) => health.state === 'up'), 30_000);
    }
  };
  // A herd at rest: all four nodes, whatever came before.
  const atRest = async (): Promise<ReturnType<typeof held>> => {
    await pass(7 - (second() % 7));
    await until(
      'the sockets of nodes that left are closed',
      () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length <= 8,
      30_000,
    );
    return held();
  };
  // Compiled code and the servers' items fill the heap at first.
  await pass(1200);
  const early = await atRest();
  await pass(2400);
  const late = await atRest();
  // Both ends of one connection to each node; a node that answered late may have none until the next request.
  expect(late.sockets).toBeLessThanOrEqual(8);
  expect(late.timers).toBeLessThanOrEqual(early.timers + 2);
  // A pool kept for each flap would be some seven MB.
  expect(late.heap - early.heap).toBeLessThan(4);
  await herd.close();
  await Promise.all(servers.map((server) => server.close()));
}, 240_000);
