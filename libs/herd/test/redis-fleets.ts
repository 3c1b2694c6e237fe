import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import { Redis } from 'ioredis';

import { until } from './poll.js';
import { freePort, startProgram } from './program.js';

/** Runs redis-cli to its end. @throws Error with what it printed where it fails. */
export async function redisCli(...args: readonly string[]): Promise<string> {
  const child = spawn('redis-cli', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`redis-cli ${args.join(' ')} failed:\n${text}`);
  return text;
}

/** Asks one server, by a connection of its own. */
export async function askRedis<Answer = unknown>(
  server: number | Readonly<{ port: number; password: string }>,
  ...words: readonly string[]
): Promise<Answer> {
  const place = typeof server === 'number' ? { port: server } : server;
  const redis = new Redis({ ...place, host: '127.0.0.1', lazyConnect: true, retryStrategy: null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.call(words[0]!, ...words.slice(1))) as Answer;
  } finally {
    redis.disconnect();
  }
}

/** Three primaries with a replica each. */
export async function startRedisCluster() {
  const servers = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const bus = String(await freePort());
      return startRedis({
        args: ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', '--cluster-port', bus],
      });
    }),
  );
  const addresses = servers.map(({ host, port }) => `${host}:${port}`);
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    await redisCli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes');
    const isWhole = async ({ port }: RunningServer) =>
      (await askRedis<string>(port, 'CLUSTER', 'INFO')).includes('cluster_state:ok') &&
      (await askRedis<unknown[][]>(port, 'CLUSTER', 'SLOTS')).every((row) => row.length === 4);
    await until(
      'all servers see the whole cluster',
      async () => (await Promise.all(servers.map(isWhole))).every(Boolean),
      20_000,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, addresses, stop };
}

/** A primary with two replicas, watched by three sentinels. */
export async function startSentinels(name: string) {
  const servers = await Promise.all(Array.from({ length: 3 }, () => startRedis()));
  const primary = servers[0]!;
  await Promise.all(
    servers.slice(1).map(({ port }) => askRedis(port, 'REPLICAOF', primary.host, String(primary.port))),
  );
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startSentinel()));
  const isLinked = async ({ port }: RunningServer) =>
    (await askRedis<string>(port, 'INFO', 'replication')).includes('master_link_status:up');
  await until(
    'the replicas are linked',
    async () => (await Promise.all(servers.slice(1).map(isLinked))).every(Boolean),
    20_000,
  );
  for (const { port } of sentinels) {
    await askRedis(port, 'SENTINEL', 'MONITOR', name, primary.host, String(primary.port), '2');
    await askRedis(port, 'SENTINEL', 'SET', name, 'down-after-milliseconds', '500', 'failover-timeout', '3000');
  }
  const sees = async ({ port }: Readonly<{ port: number }>) => {
    const others = await askRedis<unknown[]>(port, 'SENTINEL', 'SENTINELS', name);
    const replicas = await askRedis<unknown[]>(port, 'SENTINEL', 'REPLICAS', name);
    return others.length === 2 && replicas.length === 2;
  };
  await until(
    'the sentinels know each other',
    async () => (await Promise.all(sentinels.map(sees))).every(Boolean),
    20_000,
  );
  return {
    servers,
    sentinels,
    addresses: sentinels.map(({ host, port }) => `${host}:${port}`),
    async primaryPort(): Promise<number> {
      for (const { port } of servers) {
        const role = await askRedis<[string]>(port, 'ROLE').catch(() => ['away']);
        if (role[0] === 'master') return port;
      }
      return 0;
    },
    stop: async (): Promise<void> =>
      void (await Promise.all([...sentinels, ...servers].map((server) => server.stop()))),
  };
}

/** It writes what it learns to its own file. */
export async function startSentinel() {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const port = await freePort();
  writeFileSync(file, `port ${port}\nbind 127.0.0.1\ndir ${folder}\n`);
  const program = startProgram('redis-server', [file, '--sentinel']);
  await until('the sentinel answers', () =>
    askRedis(port, 'PING').then(
      () => true,
      () => false,
    ),
  );
  return {
    host: '127.0.0.1',
    port,
    async stop(): Promise<void> {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A cluster of one server. */
export async function startOneShard(): Promise<RunningServer> {
  const bus = String(await freePort());
  const server = await startRedis({ args: ['--cluster-enabled', 'yes', '--cluster-port', bus] });
  await askRedis(server.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await until('it serves all slots', async () =>
    (await askRedis<string>(server.port, 'CLUSTER', 'INFO')).includes('cluster_state:ok'),
  );
  return server;
}
