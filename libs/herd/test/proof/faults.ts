import { setTimeout as pause } from 'node:timers/promises';

import type { RunningServer } from '@rookery/services';

import { askRedis, redisCli } from '../redis-fleets.js';
import type { Access, Setting } from './messages.js';
import { certificatesWorld, clusterWorld, nodesWorld, passwordWorld, read, sentinelsWorld } from './world.js';
import type { World } from './world.js';

/** What a fault may do beside its servers. */
export type Stage = Readonly<{
  faultMs: number;
  bus: RunningServer | undefined;
  /** Has the discovery of all processes find these. */
  nodes(addresses: readonly string[]): Promise<void>;
  /** Sends all processes what the first node requires now. */
  access(access: Access): Promise<void>;
}>;

type Play = (stage: Stage) => Promise<void>;

/** @property open starts the servers, and returns how the fault is made. */
type Fault = Readonly<{
  drivers: readonly Setting['driver'][];
  needsBus?: true;
  open(driver: Setting['driver']): Promise<Readonly<{ world: World; play: Play }>>;
}>;

const nodeDrivers = ['memcached', 'metaMemcached', 'redis'] as const;

const onNodes = (play: (world: World, stage: Stage) => Promise<void>): Fault => ({
  drivers: nodeDrivers,
  async open(driver) {
    const world = await nodesWorld(driver);
    return { world, play: (stage) => play(world, stage) };
  },
});

const table = {
  none: onNodes((_world, { faultMs }) => pause(faultMs)),
  frozen: onNodes(async ({ servers: [victim] }, { faultMs }) => {
    victim!.pause();
    await pause(faultMs);
    victim!.resume();
  }),
  killed: onNodes(async ({ servers: [victim] }, { faultMs }) => {
    await victim!.kill();
    await pause(faultMs);
    await victim!.restart();
  }),
  late: onNodes(async ({ proxies: [proxy] }, { faultMs }) => {
    proxy!.state.delayMs = 600;
    await pause(faultMs);
    proxy!.state.delayMs = 0;
  }),
  leaves: onNodes(async ({ addresses }, { faultMs, nodes }) => {
    await nodes(addresses.slice(1));
    await pause(faultMs);
    await nodes(addresses);
  }),
  grows: onNodes(async ({ addresses, proxies }, { faultMs, nodes }) => {
    await nodes(proxies.map(({ address }) => address));
    await pause(faultMs);
    await nodes(addresses);
  }),
  'bus away': {
    ...onNodes(async (_world, { faultMs, bus }) => {
      await bus!.kill();
      await pause(faultMs);
      await bus!.restart();
    }),
    needsBus: true,
  },
  'other opaque': {
    ...onNodes(async ({ proxies: [proxy] }, { faultMs }) => {
      let replies = 0;
      proxy!.state.rewrite = (reply) =>
        ++replies % 20 === 0
          ? Buffer.from(
              reply.toString('latin1').replace(/ O(\d+)/, (_, opaque: string) => ` O${Number(opaque) + 1}`),
              'latin1',
            )
          : reply;
      await pause(faultMs);
      proxy!.state.rewrite = (reply) => reply;
    }),
    drivers: ['metaMemcached'],
  },
  certificates: {
    drivers: nodeDrivers,
    async open(driver) {
      const world = await certificatesWorld(driver);
      const [proxy] = world.proxies;
      const play: Play = async ({ faultMs }) => {
        for (const files of world.bad) {
          proxy!.show(read(files));
          await pause(faultMs / world.bad.length);
        }
        proxy!.show(read(world.good));
      };
      return { world, play };
    },
  },
  password: {
    drivers: nodeDrivers,
    async open(driver) {
      const world = await passwordWorld(driver);
      const play: Play = async ({ faultMs, access }) => {
        const next = await world.changeTo('second');
        await pause(faultMs);
        await access(next);
      };
      return { world, play };
    },
  },
  reshards: {
    drivers: ['redisCluster'],
    async open() {
      const world = await clusterWorld();
      const play: Play = async () => {
        const { port } = world.servers[0]!;
        const slots = await askRedis<[number, number, [string, number, string]][]>(port, 'CLUSTER', 'SLOTS');
        const [from, to] = [...new Set(slots.map(([, , [, , id]]) => id))];
        const move = ['--cluster-from', from!, '--cluster-to', to!, '--cluster-slots', '500', '--cluster-yes'];
        await redisCli('--cluster', 'reshard', world.addresses[0]!, ...move);
      };
      return { world, play };
    },
  },
  'lying sentinel': {
    drivers: ['redisSentinel'],
    async open() {
      const world = await sentinelsWorld();
      const play: Play = async ({ faultMs }) => {
        const replica = await world.replicaPort();
        // One against two, and then all: a replica is never written to, nor read.
        world.liars[0]!.lie = replica;
        await pause(faultMs / 2);
        for (const liar of world.liars) liar.lie = replica;
        await pause(faultMs / 2);
        for (const liar of world.liars) liar.lie = undefined;
      };
      return { world, play };
    },
  },
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof table;
export const faults: Readonly<Record<FaultName, Fault>> = table;
export const faultNames = Object.keys(table) as readonly FaultName[];

/** Whether a round can be: with its servers, its bus and a policy that the driver accepts. */
export function isPossible(
  fault: FaultName,
  { driver, policy, tier }: Pick<Setting, 'driver' | 'policy' | 'tier'>,
): boolean {
  const { drivers, needsBus } = faults[fault];
  return (
    drivers.includes(driver) &&
    !(needsBus && tier === 'none') &&
    // A shard accepts no keys of another.
    !(driver === 'redisCluster' && policy === 'next')
  );
}
