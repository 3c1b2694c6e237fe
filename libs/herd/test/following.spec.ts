import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ketama, maglev, modulo, rendezvous, startHerd } from '@rookery/herd';
import { nodesFile } from '@rookery/herd/file';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';

import { until } from './poll.js';

/** A herd that follows a file, over real sockets, by each router. */
describe.each([rendezvous(), ketama(), maglev(), modulo()])('a herd by $name that follows a file', (router) => {
  let nodes: MemcachedNode[];
  let folder: string;
  beforeEach(async () => {
    nodes = await Promise.all([0, 1, 2].map(() => startMemcachedNode()));
    folder = await mkdtemp(join(tmpdir(), 'rookery-following-'));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await rm(folder, { recursive: true });
  });
  const list = async (count: number): Promise<void> => {
    await writeFile(
      join(folder, 'new'),
      nodes
        .slice(0, count)
        .map(({ host, port }, i) => `${host}:${port} id=cache-${i}\n`)
        .join(''),
    );
    await rename(join(folder, 'new'), join(folder, 'nodes'));
  };

  it('uses a node soon after it is listed, and keeps what the others hold', async () => {
    await list(2);
    const herd = await startHerd({
      discovery: nodesFile(join(folder, 'nodes')),
      driver: memcached({ defaultTtl: '1m' }),
      router,
      refresh: '1h',
    });
    try {
      const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
      for (const key of keys) expect(await herd.set(key, key)).toBe(true);
      const before = new Map(keys.map((key) => [key, herd.nodeFor(key)?.id]));
      await list(3);
      await until('the third node is used', () => herd.topology.nodes.length === 3);
      const kept = keys.filter((key) => before.get(key) === herd.nodeFor(key)?.id);
      expect(kept.length).toBeLessThan(keys.length);
      expect(await herd.getMany(keys)).toEqual(new Map(kept.map((key) => [key, key])));
      for (const key of keys) expect(await herd.set(key, key)).toBe(true);
      expect((await herd.getMany(keys)).size).toBe(keys.length);
      await writeFile(join(folder, 'nodes'), '127.0.0.1:1');
      // Between its truncation and its content, the file may be read as one without nodes.
      await until('the broken file is rejected', () => {
        const { discovery } = herd.topology;
        return discovery.state === 'rejected' && discovery.reason.includes('its last line has no end');
      });
      expect(herd.topology.nodes).toHaveLength(3);
    } finally {
      await herd.close();
    }
  });
});
