/**
 * Latency through three memcached servers at 500 requests per second while one of them is frozen (SIGSTOP), by the herd and by
 * its peers, each in its turn. 30 keys of the frozen server are deleted meanwhile: who reads them once it has thawed reads a
 * stale value. `of other servers`: failures of keys that live on servers which were well.
 *
 *     npm run bench -- herd frozen-node
 */
import { setTimeout as pause } from 'node:timers/promises';

import { startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { clusterClients, deadlineMs } from './cluster-clients.js';
import type { ClusterClient } from './cluster-clients.js';
import { FixedRate } from './fixed-rate.js';
import { keysOn } from './keys-on.js';
import { percentile } from './percentile.js';
import { printTable } from './table.js';

const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);
const columns = [
  'client',
  'phase',
  'requests',
  'p50 ms',
  'p99 ms',
  'max ms',
  `over ${deadlineMs} ms`,
  'still waiting',
  'failed',
  'of other servers',
  'stale',
];
const rows: (string | number)[][] = [];
const notes: string[] = [];

const until = async (condition: () => boolean, patienceMs: number): Promise<number> => {
  const begun = performance.now();
  while (!condition() && performance.now() - begun < patienceMs) await pause(1);
  return Math.round(performance.now() - begun);
};

async function measure(client: ClusterClient, servers: readonly RunningServer[]): Promise<void> {
  const victim = servers[1]!;
  for (const key of keys) await client.set(key, 'old');
  const own = await keysOn(victim.address, keys);
  const gone = new Set([...own].slice(0, 30));
  let thawedAt = Infinity;
  const rate = new FixedRate(500, keys, (key) => client.get(key));
  const report = (phase: string): void => {
    const all = rate.take();
    const ms = all.map((one) => one.ms);
    const failed = all.filter((one) => one.outcome === 'failed');
    const stale = all.filter((one) => one.begun > thawedAt && gone.has(one.key) && String(one.value) === 'old');
    rows.push([
      client.name,
      phase,
      all.length,
      percentile(ms, 50),
      percentile(ms, 99),
      percentile(ms, 100),
      ms.filter((one) => one > deadlineMs).length,
      rate.waiting,
      failed.length,
      failed.filter((one) => !own.has(one.key)).length,
      stale.length,
    ]);
  };
  await pause(1000);
  rate.take();
  await pause(3000);
  report('all well');
  victim.pause();
  const downMs = await until(() => client.isDown?.(victim.address) ?? false, 1000);
  await pause(Math.max(0, 1000 - downMs));
  report('frozen, first second');
  const deletes = [...gone].map((key) => Promise.resolve(client.delete(key)).catch(() => undefined));
  await pause(4000);
  report('frozen, later');
  victim.resume();
  thawedAt = performance.now();
  const upMs = await until(
    () => client.isDown !== undefined && !client.isDown(victim.address),
    client.isDown ? 5000 : 0,
  );
  await pause(3000);
  report('thawed');
  rate.stop();
  await Promise.race([Promise.all(deletes), pause(1000)]);
  if (client.isDown)
    notes.push(
      `${client.name}: marked down ${downMs} ms after it was frozen, used again ${upMs} ms after it was thawed; deadline ${deadlineMs} ms.`,
    );
}

for (const open of Object.values(clusterClients)) {
  const servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  const client = await open(servers.map(({ address }) => address));
  try {
    await measure(client, servers);
  } finally {
    await Promise.race([Promise.resolve(client.close()).catch(() => undefined), pause(2000)]);
    await Promise.all(servers.map((server) => server.stop()));
  }
}
printTable(columns, rows);
console.log(`\n${notes.join('\n')}`);
process.exit();
