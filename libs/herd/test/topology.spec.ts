import { connect } from 'node:net';

import { HerdOptionError, maglev, startHerd, staticNodes } from '@rookery/herd';
import type { Discovered, Discovery, Node } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import { startMemcachedNode } from '@rookery/herd/testing';
import type { MemcachedNode } from '@rookery/herd/testing';
import { holdEventLoop, startMemcached } from '@rookery/services';

import { until } from './poll.js';
import { startScriptedServer } from './scripted-server.js';

/** A discovery that answers what `next` holds at the moment. */
class ToldDiscovery implements Discovery {
  readonly name = 'told';
  closed = 0;
  asked = 0;
  changed: (() => void) | undefined;
  constructor(public next: () => Promise<Discovered> | Discovered) {}
  nodes = async () => (this.asked++, this.next());
  watch = (changed: () => void) => {
    this.changed = changed;
    return () => (this.changed = undefined);
  };
  close = () => Promise.resolve(void this.closed++);
}

const asNode = ({ host, port }: { host: string; port: number }, id: string): Node => ({ id, host, port });
const driver = memcached({ defaultTtl: '1m' });
const refuse = (): never => {
  throw new Error('not this one');
};
const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`);

describe('a herd that follows its discovery', () => {
  let servers: MemcachedNode[];
  let nodes: Node[];
  beforeEach(async () => {
    servers = await Promise.all(Array.from({ length: 4 }, () => startMemcachedNode()));
    nodes = servers.map((server, i) => asNode(server, `node-${i}`));
  });
  afterEach(() => Promise.all(servers.map((server) => server.close())));

  it('grows and shrinks under load without a failed request or a new connection to those that stay', async () => {
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 3) }));
    const herd = await startHerd({ discovery, driver, onNodeDown: 'error', timeoutMs: 2000 });
    let running = true;
    let requests = 0;
    const lanes = Promise.all(
      Array.from({ length: 10 }, async (_, lane) => {
        for (let i = lane; running; i++, requests++)
          await (i % 2 ? herd.get(keys[i % 300]!) : herd.set(keys[i % 300]!, i));
      }),
    );
    const connections = () =>
      Promise.all(nodes.slice(0, 3).map((node) => herd.on(node, async (c) => (await c.stats()).total_connections)));
    const before = await connections();
    discovery.next = () => ({ nodes });
    await herd.refresh();
    expect(herd.topology.nodes).toHaveLength(4);
    await until(
      'the new node is used',
      async () => Number((await herd.on(nodes[3]!, (c) => c.stats())).curr_items) > 0,
    );
    discovery.next = () => ({ nodes: nodes.slice(0, 3) });
    await herd.refresh();
    expect(herd.topology.nodes).toHaveLength(4);
    await herd.refresh();
    expect(herd.topology.nodes).toHaveLength(3);
    await until('there were requests all the while', () => requests > 1000);
    running = false;
    await lanes;
    expect(await connections()).toEqual(before);
    await herd.close();
  });

  it('opens and tries a new node before any key is routed to it', async () => {
    const release: (() => void)[] = [];
    const slow = await startScriptedServer({
      version: (socket) => void release.push(() => socket.write('VERSION 1.6.18\r\n')),
    });
    const [host, port] = slow.address.split(':') as [string, string];
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 3) }));
    const herd = await startHerd({ discovery, driver, timeoutMs: 10_000 });
    const owners = () => keys.map((key) => herd.nodeFor(key)!.id);
    const before = owners();
    discovery.next = () => ({ nodes: [...nodes.slice(0, 3), asNode({ host, port: Number(port) }, 'node-3')] });
    const refreshed = herd.refresh();
    await until('the new node is asked', () => release.length > 0);
    expect(owners()).toEqual(before);
    expect(herd.topology.nodes).toHaveLength(3);
    release.forEach((answer) => answer());
    await refreshed;
    expect(owners()).toContain('node-3');
    await herd.close();
    await slow.close();
  });

  it('goes on where the watch of a discovery throws, at its beginning and at its end', async () => {
    const discovery: Discovery = {
      name: 'told',
      nodes: () => Promise.resolve({ nodes }),
      watch: () => refuse(),
    };
    const herd = await startHerd({ discovery, driver, refresh: 20, timeoutMs: 2000 });
    expect(herd.topology.discovery).toMatchObject({ state: 'rejected', reason: 'its watch failed: not this one' });
    expect(await herd.set('k', 1)).toBe(true);
    await until('the next tick', () => herd.topology.discovery.state === 'accepted');
    await herd.close();

    let closed = 0;
    const ending = {
      ...discovery,
      watch: () => refuse,
      close: () => Promise.resolve(void closed++),
    };
    const other = await startHerd({ discovery: ending, driver });
    await other.close();
    expect(closed).toBe(1);
  });

  it('makes one update at a time, and news during one lead to another', async () => {
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 3) }));
    const herd = await startHerd({ discovery, driver });
    let answer!: (found: Discovered) => void;
    discovery.next = () => new Promise<Discovered>((resolve) => (answer = resolve));
    const asked = discovery.asked;
    const both = Promise.all([herd.refresh(), herd.refresh()]);
    await until('it asks', () => discovery.asked > asked);
    discovery.changed!();
    discovery.next = () => ({ nodes });
    answer({ nodes: nodes.slice(0, 3) });
    await both;
    await until('the news are heard', () => herd.topology.nodes.length === 4);
    expect(discovery.asked).toBe(asked + 2);
    await herd.close();
  });

  it('does not end a query of discovery for the time for which this process was busy', async () => {
    const server = await startMemcached();
    let aborted = false;
    const nodesOf = (signal: AbortSignal): Promise<Discovered> =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason as Error);
        });
        const socket = connect(server.port, server.host, () => {
          socket.write('version\r\nquit\r\n');
          setImmediate(() => holdEventLoop(300));
        });
        socket.once('data', () => resolve({ nodes: [nodes[0]!] }));
      });
    const herd = await startHerd({ discovery: { name: 'own', nodes: nodesOf }, driver, discoveryTimeoutMs: 200 });
    expect([aborted, herd.topology.discovery.state]).toEqual([false, 'accepted']);
    await herd.close();
    await server.stop();
  });

  it('lets a removed node finish what is in flight', async () => {
    const slow = await startScriptedServer({
      'get slow': (socket) => void setTimeout(() => socket.write('VALUE slow 2 4\r\n"ok"\r\nEND\r\n'), 150),
    });
    const [host, port] = slow.address.split(':') as [string, string];
    const old = asNode({ host, port: Number(port) }, 'node-0');
    const discovery = new ToldDiscovery(() => ({ nodes: [old] }));
    const herd = await startHerd({ discovery, driver, onNodeDown: 'error', timeoutMs: 2000 });
    const answer = herd.get('slow');
    // The same id at a new address: the new server takes over at once, the old one may finish.
    discovery.next = () => ({ nodes: [nodes[0]!] });
    await herd.refresh();
    expect(herd.nodeFor('slow')!.port).toBe(nodes[0]!.port);
    expect(await herd.get('slow')).toBeUndefined();
    expect(await answer).toBe('ok');
    await herd.close();
    await slow.close();
  });

  it.each<[string, () => Promise<Discovered> | Discovered, RegExp]>([
    ['finds nothing', () => ({ nodes: [] }), /no nodes/],
    ['throws', () => Promise.reject(new Error('no such host')), /no such host/],
    [
      'throws at once',
      () => {
        throw new Error('bug');
      },
      /bug/,
    ],
    ['hangs', () => new Promise<never>(() => undefined), /over 100 ms/],
    ['finds rubbish', () => ({ nodes: [{ id: 'x' }] }) as never, /discovery\[0\]\.host must be/],
    [
      'finds one id twice',
      () => ({ nodes: [...nodes, { ...nodes[0]!, port: 9 }] }),
      /must not have the id node-0 that discovery\[0\] has/,
    ],
    [
      'finds one address twice',
      () => ({ nodes: [...nodes, { ...nodes[0]!, id: 'other' }] }),
      /must not have the address/,
    ],
    ['finds an older version', () => ({ nodes: nodes.slice(1), version: 6 }), /version 6 is older than 7/],
    ['has lost most of them', () => ({ nodes: nodes.slice(3) }), /1 of 4 nodes/],
    ['finds nothing at all', () => undefined as never, /undefined/],
  ])('keeps its nodes when discovery %s, and reports why', async (_case, next, reason) => {
    const discovery = new ToldDiscovery(() => ({ nodes, version: 7 }));
    const herd = await startHerd({ discovery, driver, discoveryTimeoutMs: 100 });
    discovery.next = next;
    await herd.refresh();
    expect(herd.topology.nodes).toHaveLength(4);
    expect(herd.topology.discovery).toMatchObject({
      state: 'rejected',
      reason: expect.stringMatching(reason) as string,
    });
    expect(await herd.set('k', 1)).toBe(true);
    discovery.next = () => ({ nodes });
    await herd.refresh();
    expect(herd.topology.discovery.state).toBe('accepted');
    await herd.close();
  });

  it.each<[string, Parameters<typeof startHerd>[0] extends infer Options ? Partial<Options> : never, RegExp]>([
    ['its router has no room for', { router: maglev({ tableSize: 3 }) }, /tableSize/],
    [
      'its driver cannot open',
      { driver: { ...driver, open: (node) => (node.id === 'node-3' ? refuse() : driver.open(node)) } },
      /not this one/,
    ],
    ['perNode throws for', { perNode: (node) => (node.id === 'node-3' ? refuse() : {}) }, /not this one/],
    [
      'perNode gives wrong limits for',
      { perNode: (node) => (node.id === 'node-3' ? { maxInFlight: 0 } : {}) },
      /maxInFlight/,
    ],
    [
      'perNode gives unknown limits for',
      { perNode: (node) => (node.id === 'node-3' ? ({ timeoutMs: 5 } as never) : {}) },
      /perNode\.timeoutMs is not an option/,
    ],
  ])('keeps its nodes, and no connection, when %s a new one', async (_case, options, reason) => {
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 3) }));
    const herd = await startHerd({ discovery, driver, refresh: 20, ...(options as object) });
    discovery.next = () => ({ nodes });
    await until('it is rejected', () => herd.topology.discovery.state === 'rejected');
    expect(herd.topology.discovery).toMatchObject({ reason: expect.stringMatching(reason) as string });
    expect(herd.topology.nodes).toHaveLength(3);
    expect(await herd.set('k', 1)).toBe(true);
    const asked = discovery.asked;
    await until('it asks again', () => discovery.asked > asked + 2);
    discovery.next = () => ({ nodes: nodes.slice(0, 2) });
    await until('it goes on', () => herd.topology.nodes.length === 2);
    await herd.close();
  });

  it.each<[string, object, RegExp]>([
    ['its router has no room for', { router: maglev({ tableSize: 3 }) }, /tableSize/],
    [
      'perNode gives wrong limits for',
      { perNode: (node: Node) => (node.id === 'node-3' ? { maxInFlight: 0, queue: 1 } : {}) },
      /^2 herd options.*\n.*perNode\.queue.*\n.*perNode\.maxInFlight/,
    ],
    ['its driver gets a wrong connection for', { driver: memcached({ connection: () => ({ port: 0 }) }) }, /port/],
  ])('does not start where %s a node that is listed, as no other answer will come', async (_case, options, reason) => {
    const started = startHerd({ discovery: staticNodes(nodes), driver, ...options });
    await expect(started).rejects.toThrow(reason);
    await expect(started).rejects.toBeInstanceOf(HerdOptionError);
  });

  it('accepts limits of single nodes', async () => {
    const limited = nodes[0]!.id;
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 2) }));
    const herd = await startHerd({
      discovery,
      driver,
      onNodeDown: 'error',
      perNode: ({ id }) => (id === limited ? { maxInFlight: 1, maxQueue: 1 } : {}),
    });
    const ask = async (node: Node) =>
      (await Promise.allSettled([1, 2, 3].map(() => herd.on(node, (c) => c.version())))).map(({ status }) => status);
    expect(await ask(nodes[0]!)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await ask(nodes[1]!)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    await herd.close();
  });

  it('starts without nodes when discovery fails, answers as if nothing were cached, and queries again soon', async () => {
    const discovery = new ToldDiscovery(() => Promise.reject(new Error('not yet')));
    const herd = await startHerd({ discovery, driver });
    expect(herd.topology.nodes).toEqual([]);
    expect(herd.nodeFor('k')).toBeUndefined();
    expect(await herd.get('k')).toBeUndefined();
    expect(await herd.getMany(keys)).toEqual(new Map());
    await expect(herd.withPolicy({ onNodeDown: 'error' }).get('k')).rejects.toThrow('has no nodes');
    await expect(herd.withPolicy({ onNodeDown: 'error' }).getMany(keys)).rejects.toThrow('has no nodes');
    discovery.next = () => ({ nodes });
    await until('the nodes are found', () => herd.topology.nodes.length === 4);
    await herd.close();
  });

  it('asks every `refresh`, and when the discovery has news', async () => {
    const discovery = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 2) }));
    const herd = await startHerd({ discovery, driver, refresh: 20 });
    discovery.next = () => ({ nodes: nodes.slice(0, 3) });
    await until('a tick finds the third node', () => herd.topology.nodes.length === 3);
    await herd.close();

    const quiet = new ToldDiscovery(() => ({ nodes: nodes.slice(0, 2) }));
    const waiting = await startHerd({ discovery: quiet, driver });
    quiet.next = () => ({ nodes });
    quiet.changed!();
    await until('the news arrives', () => waiting.topology.nodes.length === 4);
    await waiting.close();
  });

  it('gives a snapshot with the counts of the moment and the shares of the nodes, as plain data', async () => {
    const weighted = nodes.map((node, i) => (i === 0 ? { ...node, weight: 3 } : node));
    const herd = await startHerd({
      name: 'pictured',
      discovery: new ToldDiscovery(() => ({ nodes: weighted })),
      driver,
    });
    await Promise.all(keys.map((key) => herd.set(key, 1)));
    const snapshot = herd.snapshot();
    expect(snapshot).toMatchObject({
      herd: 'pictured',
      driver: 'memcached',
      router: 'rendezvous',
      version: herd.topology.version,
      discovery: { name: 'told', state: 'accepted' },
    });
    const counted = (list: readonly { stats: { operations: number } }[]) =>
      list.reduce((sum, { stats }) => sum + stats.operations, 0);
    expect([counted(snapshot.nodes), counted(herd.topology.nodes)]).toEqual([keys.length, 0]);
    const shares = snapshot.nodes.map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(Math.abs(shares[0]! - 0.5)).toBeLessThan(0.03);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(Object.isFrozen(snapshot.nodes[0])).toBe(true);
    await herd.close();
    expect(herd.snapshot().nodes).toHaveLength(4);
  });

  it('closes its discovery once, and queries it no more', async () => {
    const discovery = new ToldDiscovery(() => ({ nodes }));
    const herd = await startHerd({ discovery, driver, refresh: 20 });
    await herd.stopDiscovery();
    const asked = discovery.asked;
    await herd.refresh();
    expect(await herd.set('k', 1)).toBe(true);
    await Promise.all([herd.close(), herd.close()]);
    expect(discovery).toMatchObject({ closed: 1, asked, changed: undefined });
    await until('all connections are closed', async () => {
      const probe = await startHerd({ discovery: new ToldDiscovery(() => ({ nodes })), driver });
      const open = await Promise.all(
        nodes.map((node) => probe.on(node, async (c) => (await c.stats()).curr_connections)),
      );
      await probe.close();
      return open.every((count) => count === '1');
    });
  });
});
