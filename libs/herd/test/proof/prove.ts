import { setTimeout as pause } from 'node:timers/promises';

import { startRedis } from '@rookery/services';

import type { Crew } from './crew.js';
import { faults } from './faults.js';
import type { FaultName } from './faults.js';
import { judge } from './judge.js';
import type { Verdict } from './judge.js';
import type { Order, Report, Setting } from './messages.js';

export type Round = Pick<Setting, 'driver' | 'policy' | 'tier'> & Readonly<{ fault: FaultName }>;

/**
 * @property keys of all processes together.
 * @property restMs a writer rests for at most so long after each write, 20 ms where it is left out.
 */
export type Size = Readonly<{ keys: number; faultMs: number; restMs?: number }>;

const lateWritesMs = 1000;
const failoverTtlMs = 1000;
/** Shorter than a fault: while the bus is away, values end by it. */
const memoryTtlMs = 1000;
/** Over the fault and the delay of late writes: probes, deletions, and what a loaded machine adds. */
const slackMs = 3000;

/** One writer for each key, counters that count up, several processes, and a fault: who reads what is old? */
export async function prove(crew: Crew, { driver, policy, tier, fault }: Round, size: Size): Promise<Verdict> {
  const { keys, faultMs, restMs = 20 } = size;
  const { world, play } = await faults[fault].open(driver);
  const [bus, database] = tier === 'none' ? [] : await Promise.all([startRedis(), startRedis()]);
  const placeOf = (server: typeof bus) => server && { host: server.host, port: server.port };
  const reports: Report[] = [];
  const tell = async (order: Order): Promise<void> => void reports.push(...(await crew.tell(order)));
  try {
    const { addresses, access } = world;
    const limits = { lateWritesMs, failoverTtlMs, memoryTtlMs, keys, restMs };
    const servers = { addresses, access, bus: placeOf(bus), database: placeOf(database) };
    await crew.begin({ driver, policy, tier, ...limits, ...servers });
    await pause(500);
    let version = 1;
    await play({
      faultMs,
      bus,
      nodes: (list) => tell({ kind: 'nodes', addresses: list, version: ++version }),
      access: (next) => tell({ kind: 'access', access: next }),
    });
    await pause(1000);
    await tell({ kind: 'stop' });
    // What is listed as delay has passed, then.
    await pause(lateWritesMs + failoverTtlMs + 1000);
    const rest = await crew.tell({ kind: 'read' });
    return judge(reports, rest, policy, boundMs(fault, tier, faultMs));
  } finally {
    await crew.tell({ kind: 'end' }).finally(async () => {
      await world.close();
      await Promise.all([bus?.stop(), database?.stop()]);
    });
  }
}

/** For so long another process may read what was replaced: while a node is away, what could not be sent to it; in memory, its life. */
function boundMs(fault: FaultName, tier: Setting['tier'], faultMs: number): number {
  const inMemoryMs = tier === 'none' ? 0 : memoryTtlMs;
  if (fault === 'none' || fault === 'bus away') return inMemoryMs + slackMs;
  return inMemoryMs + faultMs + lateWritesMs + failoverTtlMs + slackMs;
}
