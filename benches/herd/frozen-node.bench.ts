/**
 * Latency through a herd of three memcached servers at 500 requests per second while one of them is frozen.
 *
 *     npx tsc -b benches && node benches/dist/herd/frozen-node.bench.js
 */
import { setTimeout as pause } from 'node:timers/promises';

import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcached } from '@rookery/services';

import { percentile } from './percentile.js';
import { printTable } from './table.js';

const REQUESTS_PER_SECOND = 500;
const PHASE_MS = 5000;
const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);

type Request = { key: string; ms: number; failed: boolean; stale: boolean };

const servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
const herd = await startHerd({ discovery: staticNodes(servers.map(({ address }) => address)), driver: memcached({ defaultTtl: '10m' }) });
const strict = herd.withPolicy({ onNodeDown: 'error' });
const [, victim] = servers;
const isVictims = (key: string): boolean => herd.nodeFor(key)?.id === victim.address;
const state = (): string => herd.topology.nodes.find(({ node }) => node.id === victim.address)!.health.state;

let lane: Request[] = [];
const pending = new Set<Promise<void>>();
const changed = new Set<string>();

/** Reads by the strict policy, so that an error is seen as one. */
async function request(key: string): Promise<void> {
  const record: Request = { key, ms: 0, failed: false, stale: false };
  const begun = performance.now();
  try {
    record.stale = (await strict.get(key)) === 'old' && changed.has(key);
  } catch {
    record.failed = true;
  }
  record.ms = performance.now() - begun;
  lane.push(record);
}

let running = true;
const load = (async () => {
  for (let sent = 0, start = performance.now(); running; ) {
    const due = ((performance.now() - start) * REQUESTS_PER_SECOND) / 1000;
    for (; sent < due; sent++) {
      const one: Promise<void> = request(keys[sent % keys.length]!).finally(() => pending.delete(one));
      pending.add(one);
    }
    await pause(1);
  }
})();

const rows: (string | number)[][] = [];
function report(phase: string): void {
  const all = lane;
  lane = [];
  const ms = all.map((one) => one.ms);
  const others = all.filter((one) => one.failed && !isVictims(one.key)).length;
  const failed = all.filter((one) => one.failed).length;
  rows.push([phase, all.length, percentile(ms, 50), percentile(ms, 99), percentile(ms, 100), failed, others, all.filter((one) => one.stale).length]);
}
const until = async (wanted: string): Promise<number> => {
  const begun = performance.now();
  while (state() !== wanted) await pause(1);
  return Math.round(performance.now() - begun);
};

try {
  await Promise.all(keys.map((key) => herd.set(key, 'old')));
  await pause(1000);
  lane = [];
  await pause(PHASE_MS);
  report('all three well');
  victim.pause();
  const ejectedMs = await until('down');
  await pause(50);
  report('frozen, until it is marked down');
  for (const key of keys.filter(isVictims).slice(0, 50)) {
    changed.add(key);
    await herd.delete(key);
  }
  await pause(PHASE_MS);
  report('frozen, marked down');
  victim.resume();
  const readmittedMs = await until('up');
  await pause(PHASE_MS);
  report('thawed');
  running = false;
  await load;
  await Promise.all(pending);
  printTable(['phase', 'requests', 'p50 ms', 'p99 ms', 'max ms', 'failed', 'of other nodes', 'stale'], rows);
  console.log(`\nMarked down after ${ejectedMs} ms, used again ${readmittedMs} ms after it was thawed; deadline 250 ms.`);
} finally {
  running = false;
  await herd.close();
  await Promise.all(servers.map((server) => server.stop()));
}
