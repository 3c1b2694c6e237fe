import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { startHerd, staticNodes } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis } from '@rookery/herd/redis';
import type { AnyDriver } from '@rookery/herd/testing';
import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { startDelayingProxy } from './delaying-proxy.js';
import { until } from './poll.js';

const hour = { ttl: '1h' } as const;
const fullMemcached = () => startMemcached({ args: ['-t', '1', '-c', '64'] });
const subjects: readonly (readonly [string, () => AnyDriver, () => Promise<RunningServer>, RegExp])[] = [
  ['memcached', () => memcached(), fullMemcached, /Too many open connections.*\(-c\)/],
  ['metaMemcached', () => metaMemcached(), fullMemcached, /Too many open connections.*\(-c\)/],
  ['redis', () => redis(), () => startRedis({ args: ['--maxclients', '20'] }), /max number of clients.*maxclients/],
];

/** Opens connections until the server refuses one. */
async function fill(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let refused = false; !refused;) {
    const socket = connect(port, '127.0.0.1').on('error', () => (refused = true));
    socket.on('data', () => (refused = true)).on('close', () => (refused = true));
    sockets.push(socket);
    await once(socket, 'connect');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return sockets;
}

it.each(subjects)(
  'a server of %s that has all the connections it may have is down, which fails no call, until it has fewer',
  async (_name, make, start, reason) => {
    const server = await start();
    const name = await startDelayingProxy(server.port);
    const herd = await startHerd({ discovery: staticNodes([name.address]), driver: make(), maxProbeMs: 200 });
    const health = () => herd.snapshot().nodes[0]!.health;
    const others: Socket[] = [];
    try {
      await until('it is stored', () => herd.set('k', 'value', hour));
      name.drop();
      others.push(...(await fill(server.port)));
      const calls = async () => [
        await herd.get('k'),
        await herd.getMany(['k']),
        await herd.incr('n'),
        await herd.touch('k', hour),
      ];
      for (let i = 0; i < 5; i++) expect(await calls()).toEqual([undefined, new Map(), undefined, false]);
      const why = () => JSON.stringify(health());
      await until(why, async () => {
        await calls();
        const { state, ...rest } = health();
        return state === 'down' && 'reason' in rest && reason.test(rest.reason);
      });
      for (const socket of others) socket.destroy();
      await until('it is used again', async () => (await herd.get('k')) === 'value');
    } finally {
      for (const socket of others) socket.destroy();
      await herd.close();
      await name.close();
      await server.stop();
    }
  },
  60_000,
);
