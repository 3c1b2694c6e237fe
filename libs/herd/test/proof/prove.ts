import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';

import { startMemcached, startRedis } from '@rookery/services';

import { startDelayingProxy } from '../delaying-proxy.js';
import { judge } from './judge.js';
import type { Verdict } from './judge.js';
import type { Order, Report, Setting } from './messages.js';

/** Of the nodes, and at last of the bus. */
export const faults = ['none', 'frozen', 'killed', 'late', 'leaves', 'grows', 'bus away'] as const;
export type Fault = (typeof faults)[number];
export type Proof = Readonly<{
  driver: Setting['driver'];
  policy: Setting['policy'];
  tier: Setting['tier'];
  fault: Fault;
  processes: number;
  keys: number;
  faultMs: number;
}>;

const lateWritesMs = 1500;
const failoverTtlMs = 2000;
/** Shorter than a fault: while the bus is away, values end by it. */
const memoryTtlMs = 1000;
/** Over the fault and the delay of late writes: probes, deletions, and what a loaded machine adds. */
const slackMs = 3000;

/** One writer for each key, counters that count up, several processes, and a fault: who reads what is old? */
export async function prove({ driver, policy, tier, fault, processes, keys, faultMs }: Proof): Promise<Verdict> {
  const servers = await Promise.all(
    Array.from({ length: 4 }, () => (driver === 'redis' ? startRedis() : startMemcached())),
  );
  const [bus, database] = tier === 'none' ? [] : await Promise.all([startRedis(), startRedis()]);
  const proxies = await Promise.all(servers.map(({ port }) => startDelayingProxy(port)));
  const all = proxies.map(({ address }) => address);
  const three = all.slice(0, 3);
  const addressOf = (server: typeof bus) => server && { host: server.host, port: server.port };
  const setting = {
    ...{ driver, policy, tier, processes, keys, lateWritesMs, failoverTtlMs, memoryTtlMs },
    addresses: three,
    bus: addressOf(bus),
    database: addressOf(database),
  };
  const children = await Promise.all(Array.from({ length: processes }, (_, index) => start({ ...setting, index })));
  const victim = servers[0]!;
  let version = 1;
  const nodes = (addresses: readonly string[]): Promise<readonly Report[]> => {
    version += 1;
    return tell(children, { kind: 'nodes', addresses, version });
  };
  try {
    const reports: Report[] = [];
    await pause(500);
    if (fault === 'frozen') {
      victim.pause();
      await pause(faultMs);
      victim.resume();
    } else if (fault === 'killed') {
      await victim.kill();
      await pause(faultMs);
      await victim.restart();
    } else if (fault === 'late') {
      proxies[0]!.state.delayMs = 900;
      await pause(faultMs);
      proxies[0]!.state.delayMs = 0;
    } else if (fault === 'leaves') {
      reports.push(...(await nodes(three.slice(1))));
      await pause(faultMs);
      reports.push(...(await nodes(three)));
    } else if (fault === 'grows') {
      reports.push(...(await nodes(all)));
      await pause(faultMs);
      reports.push(...(await nodes(three)));
    } else if (fault === 'bus away' && bus) {
      await bus.kill();
      await pause(faultMs);
      await bus.restart();
    } else await pause(faultMs);
    await pause(1000);
    reports.push(...(await tell(children, { kind: 'stop' })));
    // What is listed as delay has passed, then.
    await pause(lateWritesMs + failoverTtlMs + 1500);
    const rest = await tell(children, { kind: 'read' });
    return judge(reports, rest, policy, boundMs(fault, tier, faultMs));
  } finally {
    victim.resume();
    await Promise.all(children.map(end));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await Promise.all(
      [...servers, ...(bus ? [bus] : []), ...(database ? [database] : [])].map((server) => server.stop()),
    );
  }
}

/** For so long another process may read what was replaced: while a node is away, what it could not be told; in memory, its life. */
function boundMs(fault: Fault, tier: Setting['tier'], faultMs: number): number {
  const inMemoryMs = tier === 'none' ? 0 : memoryTtlMs;
  if (fault === 'none' || fault === 'bus away') return inMemoryMs + slackMs;
  return inMemoryMs + faultMs + lateWritesMs + failoverTtlMs + slackMs;
}

const loader = fileURLToPath(new URL('../../../../scripts/run-typescript.cjs', import.meta.url));

async function start(setting: Setting): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [JSON.stringify(setting)], {
    execArgv: ['--require', loader, '--conditions=@rookery/source'],
    serialization: 'advanced',
  });
  await once(child, 'message');
  return child;
}

const tell = (children: readonly ChildProcess[], order: Order): Promise<readonly Report[]> =>
  Promise.all(
    children.map(async (child) => {
      const answer = once(child, 'message');
      child.send(order);
      return ((await answer) as [Report])[0];
    }),
  );

async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
}
