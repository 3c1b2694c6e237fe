/**
 * Operations per second on one server, 100-byte values, at 1, 64 and 512 at once: the herd and its peers in turn, the medians
 * of many short rounds. A ratio is the median of the ratios within a round, so that a busy moment of the machine slows all
 * alike. Then getMany of 100 keys over ten memcached servers, against a loop of gets.
 *
 *     npm run bench -- herd throughput
 */
import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcached, startRedis } from '@rookery/services';

import { openClients } from './clients.js';
import type { Client } from './clients.js';
import { percentile } from './percentile.js';
import { printTable } from './table.js';

const ROUND_MS = 120;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
const value = 'v'.repeat(100);
const keys = Array.from({ length: 1000 }, (_, i) => `bench:${i}`);

/** Runs `operation` in `lanes` lanes for one round. */
async function perSecond(lanes: number, operation: (key: string) => Promise<unknown>): Promise<number> {
  let done = 0;
  const start = performance.now();
  const lane = async (first: number): Promise<void> => {
    for (let i = first; performance.now() - start < ROUND_MS; i += lanes, done++)
      await operation(keys[i % keys.length]!);
  };
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(i)));
  return (done * 1000) / (performance.now() - start);
}

/** Each client's rate in each round, by name. */
async function measured(
  clients: readonly Client[],
  lanes: number,
  verb: 'set' | 'get',
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rounds = new Map<string, number[]>(clients.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const client of clients) {
      const prefix = client.name.replace(/\W/g, '-');
      const rate = await perSecond(lanes, (key) =>
        verb === 'set' ? client.set(`${prefix}:${key}`, value) : client.get(`${prefix}:${key}`),
      );
      if (round >= WARM_UP_ROUNDS) rounds.get(client.name)!.push(rate);
    }
  }
  return rounds;
}

const bases = { memcached: 'memcached', redis: 'ioredis, auto-pipelining' } as const;

async function compareClients(clients: readonly Client[]): Promise<void> {
  const columns = [1, 64, 512].flatMap((lanes) => (['set', 'get'] as const).map((verb) => ({ lanes, verb })));
  const cells = new Map<string, string[]>(clients.map(({ name }) => [name, []]));
  for (const { lanes, verb } of columns) {
    const rounds = await measured(clients, lanes, verb);
    for (const { name, server } of clients) {
      const [own, base] = [rounds.get(name)!, rounds.get(bases[server])!];
      const ratio = percentile(
        own.map((rate, i) => rate / base[i]!),
        50,
      );
      cells.get(name)!.push(`${(percentile(own, 50) / 1000).toFixed(1)} (${ratio.toFixed(2)})`);
    }
  }
  printTable(
    [
      'k operations/s (ratio to npm memcached or ioredis)',
      ...columns.map(({ lanes, verb }) => `${verb}, ${lanes} at once`),
    ],
    clients.map(({ name }) => [name, ...cells.get(name)!]),
  );
}

async function compareGetMany(addresses: readonly string[]): Promise<void> {
  const herd = await startHerd({
    discovery: staticNodes(addresses),
    driver: memcached({ defaultTtl: '1h' }),
    timeoutMs: 5000,
    onNodeDown: 'error',
  });
  const hundred = keys.slice(0, 100);
  await Promise.all(hundred.map((key) => herd.set(key, value)));
  const rounds: Record<string, () => Promise<unknown>> = {
    getMany: () => herd.getMany(hundred),
    'gets, all at once': () => Promise.all(hundred.map((key) => herd.get(key))),
    'gets, one after another': async () => {
      for (const key of hundred) await herd.get(key);
    },
  };
  const rows: [string, number, number][] = [];
  for (const [name, run] of Object.entries(rounds)) {
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const start = performance.now();
      await run();
      if (i >= 10) times.push(performance.now() - start);
    }
    rows.push([name, percentile(times, 50), percentile(times, 99)]);
  }
  printTable(
    ['100 keys over 10 memcached nodes', 'p50 ms', 'p99 ms', 'ratio of p50'],
    rows.map(([name, p50, p99]) => [name, p50, p99, Number((p50 / rows[0]![1]).toFixed(1))]),
  );
  await herd.close();
}

const servers = await Promise.all([startRedis(), ...Array.from({ length: 10 }, () => startMemcached())]);
try {
  const [redisServer, ...nodes] = servers;
  const clients = await openClients(nodes[0]!.address, redisServer.address);
  await compareClients(clients);
  for (const client of clients) await client.close();
  console.log();
  await compareGetMany(nodes.map(({ address }) => address));
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}
process.exit();
