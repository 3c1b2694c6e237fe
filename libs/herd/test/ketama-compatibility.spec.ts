import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeWithProgram, startMemcached } from '@rookery/services';
import type { RunningServer } from '@rookery/services';
import Memcached from 'memcached';

import type { Node } from '../src/contracts/node.js';
import type { Router } from '../src/contracts/router.js';
import { ketama } from '../src/router/ketama.js';
import { modulo } from '../src/router/modulo.js';
import { startMemcachedNode } from '../src/testing/memcached/memcached-node.js';
import { until } from './poll.js';
import { freePort, startProgram } from './program.js';

const keys = Array.from({ length: 3000 }, (_, i) => `user:${i}:${(i * 2654435761) % 4294967296}`);

type Server = Readonly<{ host: string; port: number }>;

/** Sends `request` and gives back what came until `end`. */
function ask(port: number, request: string, end: (reply: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request)).setTimeout(10_000, () =>
      socket.destroy(new Error('no answer')),
    );
    let reply = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      reply += text;
      if (end(reply)) socket.end(() => resolve(reply));
    });
    socket.on('error', reject).on('close', () => reject(new Error(`closed after ${reply.slice(0, 100)}`)));
  });
}

describeWithProgram('nutcracker', 'routers against twemproxy', (nutcracker) => {
  let servers: RunningServer[];
  let folder: string;
  beforeAll(async () => {
    servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
    folder = await mkdtemp(join(tmpdir(), 'rookery-nutcracker-'));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true });
  });

  /** Stores all keys through twemproxy. @returns how many lie on the node that `router` names, and on no other. */
  async function agreeing(
    router: Router,
    pool: string,
    weights: readonly number[],
    name: (i: number) => string,
    on: readonly Server[] = servers,
  ): Promise<number> {
    await Promise.all(on.map(({ port }) => ask(port, 'flush_all\r\n', (reply) => reply === 'OK\r\n')));
    const [port, statsPort] = [await freePort(), await freePort()];
    const lines = on.map(({ host, port }, i) => `   - ${host}:${port}:${weights[i]} ${name(i)}`.trimEnd());
    const config = join(folder, 'nutcracker.yml');
    await writeFile(
      config,
      `pool:\n  listen: 127.0.0.1:${port}\n  ${pool}\n  timeout: 5000\n  servers:\n${lines.join('\n')}\n`,
    );
    const proxy = startProgram(nutcracker, ['-c', config, '-s', `${statsPort}`, '-o', join(folder, 'nutcracker.log')]);
    try {
      await until('twemproxy answers', () =>
        ask(port, 'get absent\r\n', (reply) => reply === 'END\r\n').then(
          () => true,
          () => false,
        ),
      );
      const stored = await ask(
        port,
        keys.map((key) => `set ${key} 0 0 1\r\nv\r\n`).join(''),
        (reply) => reply.length === 8 * keys.length,
      );
      expect(stored).toBe('STORED\r\n'.repeat(keys.length));
    } finally {
      await proxy.stop();
    }
    const nodes: Node[] = on.map((server, i) => ({
      id: name(i) || `${server.host}:${server.port}`,
      host: server.host,
      port: server.port,
      weight: weights[i]!,
    }));
    const table = router.build(nodes);
    const held = await Promise.all(
      on.map(
        async (server) =>
          new Set(
            (await ask(server.port, `get ${keys.join(' ')}\r\n`, (reply) => reply.endsWith('END\r\n'))).match(
              /(?<=^VALUE )\S+/gm,
            ),
          ),
      ),
    );
    expect(held.reduce((sum, { size }) => sum + size, 0)).toBe(keys.length);
    return keys.filter((key) => held[nodes.indexOf(table.nodeFor(key)!)]!.has(key)).length;
  }

  const ring = 'distribution: ketama\n  hash: md5';
  it('agrees on every key where servers have names', async () => {
    expect(await agreeing(ketama(), ring, [1, 1, 1], (i) => `cache-${i}`)).toBe(keys.length);
  });
  it('agrees on every key where servers have weights', async () => {
    expect(await agreeing(ketama(), ring, [1, 5, 2], (i) => `cache-${i}`)).toBe(keys.length);
  });
  it('agrees on every key where servers have no names', async () => {
    expect(await agreeing(ketama({ pointName: 'libmemcached' }), ring, [3, 1, 2], () => '')).toBe(keys.length);
  });
  it('agrees on every key of 25 servers, where the arithmetic of floats leaves each one digest fewer', async () => {
    const embedded = await Promise.all(Array.from({ length: 25 }, () => startMemcachedNode()));
    try {
      expect(
        await agreeing(
          ketama({ pointName: 'libmemcached' }),
          ring,
          embedded.map(() => 1),
          () => '',
          embedded,
        ),
      ).toBe(keys.length);
    } finally {
      await Promise.all(embedded.map((node) => node.close()));
    }
  });
  it('agrees on every key under modula with FNV-1a', async () => {
    expect(await agreeing(modulo(), 'distribution: modula\n  hash: fnv1a_32', [1, 2, 1], (i) => `cache-${i}`)).toBe(
      keys.length,
    );
  });
});

describe('ketama against npm memcached', () => {
  // For some counts (7, 25, …) it rounds in doubles to another number of digests than twemproxy, which rounds in floats.
  it.each([1, 3, 10, 20])('agrees with its ring of %d nodes on every key', (count) => {
    const addresses = Array.from({ length: count }, (_, i) => `10.0.0.${i + 1}:${11211 + (i % 2)}`);
    const client = new Memcached(addresses) as unknown as { HashRing: { get(key: string): string }; end(): void };
    const table = ketama({ pointName: 'libmemcached' }).build(
      addresses.map((id) => ({ id, host: id.split(':')[0]!, port: Number(id.split(':')[1]) })),
    );
    expect(keys.filter((key) => table.nodeFor(key)!.id === client.HashRing.get(key))).toHaveLength(keys.length);
    client.end();
  });
});
