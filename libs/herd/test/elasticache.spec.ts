import type { Socket } from 'node:net';

import { elastiCache } from '../src/adapters/elasticache/elasticache.discovery.js';
import type { ElastiCacheOptions } from '../src/adapters/elasticache/elasticache.discovery.js';
import { readConfigReply } from '../src/adapters/elasticache/config-reply.js';
import { HerdDiscoveryError } from '../src/errors/discovery-error.js';
import { HerdOptionError } from '../src/errors/option-error.js';
import { startMemcachedNode } from '../src/testing/memcached/memcached-node.js';
import { discoveryContract } from '../src/testing/discovery-contract.js';
import { until } from './poll.js';
import { freePort } from './program.js';
import { startPeer } from './scripted-peer.js';
import { testCertificate } from './test-certificate.js';

const never = new AbortController().signal;
const hosts = ['myCluster.pc4ldq.0001.use1.cache.amazonaws.com', 'myCluster.pc4ldq.0002.use1.cache.amazonaws.com'];
/** The exchange that AWS documents: 136 counts both lines with their LF. */
const documented = `CONFIG cluster 0 136\r\n12\n${hosts[0]}|10.82.235.120|11211 ${hosts[1]}|10.80.249.27|11211\n\r\nEND\r\n`;
const found = {
  version: 12,
  nodes: [
    { id: `${hosts[0]}:11211`, host: '10.82.235.120', port: 11211 },
    { id: `${hosts[1]}:11211`, host: '10.80.249.27', port: 11211 },
  ],
};

const config = (version: number | string, list: string, end = '\r\n'): string => {
  const block = `${version}\n${list}\n`;
  return `CONFIG cluster 0 ${block.length}${end}${block}${end}END${end}`;
};
/** Answers each command by what `replies` has for it, else ERROR, as memcached does. */
const answering =
  (replies: Record<string, string>) =>
  (socket: Socket): void =>
    void socket
      .setEncoding('latin1')
      .on('data', (command) => socket.write(replies[String(command).trim()] ?? 'ERROR\r\n'));
const modern = (reply: string) => answering({ 'config get cluster': reply });

describe('elastiCache', () => {
  let peer: Awaited<ReturnType<typeof startPeer>>;
  beforeEach(async () => {
    peer = await startPeer(modern(documented));
  });
  afterEach(() => peer.close());
  const discovery = (options: Partial<ElastiCacheOptions> = {}) =>
    elastiCache({ endpoint: peer.address, tries: 2, retryDelay: 1, attemptTimeout: 500, ...options });
  const ask = (options?: Partial<ElastiCacheOptions>) => discovery(options).nodes(never);

  it('reads the documented reply, and closes its connection', async () => {
    expect(documented.indexOf('\r\nEND') - documented.indexOf('12\n')).toBe(136);
    expect(await ask()).toEqual(found);
    await until('the connection is closed', () => peer.open() === 0);
  });

  it('queries old engines by their own command, on the same connection', async () => {
    peer.serve = answering({
      'get AmazonElastiCache:cluster': documented.replace('CONFIG cluster', 'VALUE AmazonElastiCache:cluster'),
    });
    expect(await ask()).toEqual(found);
    expect(peer.connections).toBe(1);
  });

  it('uses the host name where the IP address is empty', async () => {
    peer.serve = modern(config(1, `a.aws||11211 b.aws|10.0.0.2|11212`));
    expect((await ask()).nodes).toEqual([
      { id: 'a.aws:11211', host: 'a.aws', port: 11211 },
      { id: 'b.aws:11212', host: '10.0.0.2', port: 11212 },
    ]);
  });

  it('accepts LF for CR LF, and CR LF inside the block', async () => {
    peer.serve = modern(config(3, 'a.aws||11211', '\n'));
    expect(await ask()).toMatchObject({ version: 3 });
    peer.serve = modern(`CONFIG cluster 0 17\r\n4\r\na.aws||11211\r\n\r\nEND\r\n`);
    expect(await ask()).toMatchObject({ version: 4, nodes: [{ host: 'a.aws' }] });
  });

  it('reads a reply torn at every byte', async () => {
    for (let at = 1; at < documented.length; at++) {
      const [first, second] = [documented.slice(0, at), documented.slice(at)];
      expect(readConfigReply(Buffer.from(first)).state).toBe('partial');
      peer.serve = (socket) =>
        void socket.once('data', () => socket.write(first, () => setImmediate(() => socket.write(second))));
      expect(await ask({ tries: 1 })).toEqual(found);
    }
  });

  it('reads a reply that comes byte by byte', async () => {
    const send = (socket: Socket, rest: string): void =>
      void (rest && socket.write(rest[0]!, () => setImmediate(send, socket, rest.slice(1))));
    peer.serve = (socket) => void socket.once('data', () => send(socket, documented));
    expect(await ask()).toEqual(found);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    [
      'closes before its answer',
      (socket) => void socket.once('data', () => socket.end('CONFIG cluster 0 136\r\n12\n')),
      /closed the connection before its answer was whole/,
    ],
    ['resets', (socket) => void socket.once('data', () => socket.resetAndDestroy()), /failed: read ECONNRESET/],
    ['is silent', () => undefined, /gave no answer within 60 ms/],
    ['stops in the middle', (socket) => void socket.write(documented.slice(0, 50)), /gave no answer within 60 ms/],
    ['sends garbage', modern('HTTP/1.1 400 Bad Request\r\n\r\n'), /answered "HTTP\/1\.1 400/],
    ['sends a line without end', modern('x'.repeat(5000)), /answered "xxx/],
    ['announces a terabyte', modern('CONFIG cluster 0 1099511627776\r\n'), /answered "CONFIG cluster/],
    ['sends more than it announced', modern(documented.replace('136', '100')), /answered/],
    ['sends a list without nodes', modern(config(5, '')), /list of nodes that cannot be read/],
    ['sends a version that is none', modern(config('x', 'a||11211')), /list of nodes that cannot be read/],
    ['sends a port that is none', modern(config(5, 'a||70000')), /list of nodes that cannot be read/],
    ['has neither command', answering({}), /has neither command/],
    ['has no list', answering({ 'get AmazonElastiCache:cluster': 'END\r\n' }), /has no list of nodes/],
  ])('reports which server failed and how, when it %s', async (_, serve, message) => {
    peer.serve = serve;
    const failure = ask({ attemptTimeout: 60 });
    await expect(failure).rejects.toBeInstanceOf(HerdDiscoveryError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(peer.address);
    expect(peer.connections).toBe(2);
    await until('the connection is closed', () => peer.open() === 0);
  });

  it('reports an endpoint that is a plain memcached, or nobody', async () => {
    const node = await startMemcachedNode();
    await expect(ask({ endpoint: `${node.host}:${node.port}` })).rejects.toThrow('has no list of nodes');
    await node.close();
    await expect(ask({ endpoint: `127.0.0.1:${await freePort()}` })).rejects.toThrow('ECONNREFUSED');
  });

  it('tries the endpoint again', async () => {
    peer.serve = (socket) => (peer.connections === 1 ? socket.destroy() : modern(documented)(socket));
    expect(await ask()).toEqual(found);
    expect(peer.connections).toBe(2);
  });

  describe('with encryption in transit', () => {
    const ca = testCertificate.cert;
    let secured: Awaited<ReturnType<typeof startPeer>>;
    beforeEach(async () => {
      secured = await startPeer(() => undefined, testCertificate);
      // The name is what the certificate holds; nobody is at the address.
      secured.serve = modern(config(3, `127.0.0.1|192.0.2.1|${secured.port}`));
    });
    afterEach(() => secured.close());

    it('queries the endpoint, and then the nodes by their names, by TLS', async () => {
      const sut = discovery({ endpoint: secured.address, tls: { ca } });
      const nodes = [{ id: secured.address, host: '127.0.0.1', port: secured.port }];
      for (let i = 1; i <= 2; i++) {
        expect(await sut.nodes(never)).toEqual({ version: 3, nodes });
        expect(secured.connections).toBe(i);
      }
    });

    it.each<[string, ElastiCacheOptions['tls'], RegExp]>([
      [
        'a certificate of an unknown authority',
        true,
        /self-signed certificate.*pass the certificate of its authority as tls\.ca/,
      ],
      ['another name', { ca, servername: 'other.aws' }, /pass that name as tls\.servername/],
      ['a server that expects TLS where none is set', undefined, /closed the connection.*set tls/],
    ])('reports what to do about %s', async (_, tls, message) => {
      const options = tls === undefined ? {} : { tls };
      await expect(ask({ endpoint: secured.address, ...options })).rejects.toThrow(message);
    });

    it('reports what to do where the server expects none', async () => {
      peer.serve = (socket) => void socket.once('data', () => socket.end('ERROR\r\n'));
      await expect(ask({ tls: { ca } })).rejects.toThrow(/leave tls out/);
    });

    it('refuses options that are none', () =>
      expect(() => elastiCache({ endpoint: 'a:1', tls: { cafile: '/x' } as never })).toThrow(
        'tls.cafile is not an option',
      ));
  });

  describe('once it knows nodes', () => {
    let nodes: Awaited<ReturnType<typeof startPeer>>[];
    let list: string;
    beforeEach(async () => {
      nodes = await Promise.all([0, 1, 2].map(() => startPeer(() => undefined)));
      list = nodes.map(({ port }, i) => `node-${i}.aws|127.0.0.1|${port}`).join(' ');
      for (const server of [peer, ...nodes]) server.serve = modern(config(7, list));
    });
    afterEach(() => Promise.all(nodes.map((node) => node.close())));

    it('queries these in turn, and the endpoint no more', async () => {
      const sut = discovery();
      for (let i = 0; i < 4; i++) await sut.nodes(never);
      expect([peer, ...nodes].map(({ connections }) => connections)).toEqual([1, 1, 1, 1]);
    });

    it('queries the endpoint when they fail', async () => {
      const sut = discovery({ tries: 3 });
      await sut.nodes(never);
      for (const node of nodes) node.serve = (socket) => socket.destroy();
      peer.serve = modern(config(8, 'new.aws|10.0.0.9|11211'));
      expect(await sut.nodes(never)).toMatchObject({ version: 8, nodes: [{ host: '10.0.0.9' }] });
      expect([peer, ...nodes].map(({ connections }) => connections)).toEqual([2, 1, 1, 1]);
    });

    it('passes over an answer that is older, or differs under one version', async () => {
      const sut = discovery();
      await sut.nodes(never);
      nodes[0]!.serve = modern(config(6, 'old.aws|10.0.0.1|11211'));
      expect(await sut.nodes(never)).toMatchObject({ version: 7 });
      nodes[1]!.serve = modern(config(7, 'other.aws|10.0.0.1|11211'));
      expect((await sut.nodes(never)).nodes).toHaveLength(3);
      for (const server of [peer, ...nodes]) server.serve = modern(config(6, list));
      await expect(sut.nodes(never)).rejects.toThrow('version 6, older than 7');
      for (const server of [peer, ...nodes]) server.serve = modern(config(7, 'other.aws|10.0.0.1|11211'));
      await expect(sut.nodes(never)).rejects.toThrow('other nodes under the same version 7');
    });
  });

  it('uses a new IP address of a node under the same version', async () => {
    const sut = discovery();
    peer.serve = modern(config(5, `a.aws|127.0.0.1|${peer.port}`));
    await sut.nodes(never);
    peer.serve = modern(config(5, `a.aws|10.0.0.9|${peer.port}`));
    expect((await sut.nodes(never)).nodes).toEqual([{ id: `a.aws:${peer.port}`, host: '10.0.0.9', port: peer.port }]);
  });

  describe('keeps the contract of discovery', () => {
    const harness = {
      make: () => discovery({ tries: 3, attemptTimeout: 5000 }),
      hang: () => void (peer.serve = () => undefined),
      resume: () => void (peer.serve = modern(config(1, `a.aws|127.0.0.1|${peer.port} b.aws|127.0.0.1|1`))),
    };
    beforeEach(harness.resume);
    it.each(discoveryContract(harness))('$name', ({ run }) => run());
  });

  it('stops between two tries when its signal aborts', async () => {
    peer.serve = (socket) => socket.destroy();
    const controller = new AbortController();
    const failure = discovery({ retryDelay: '1h' }).nodes(controller.signal);
    await until('the server is asked', () => peer.connections === 1);
    await until('the connection is closed', () => peer.open() === 0);
    controller.abort(new Error('closing'));
    await expect(failure).rejects.toThrow();
    expect(peer.connections).toBe(1);
  });

  it.each<[Partial<ElastiCacheOptions>, string]>([
    [{ endpoint: 'cluster.cfg.use1.cache.amazonaws.com' }, 'endpoint must be host:port'],
    [{ endpoint: 'a:0' }, 'endpoint must be host:port'],
    [{ tries: 0 }, 'tries must be a whole number from 1 to 100; leave it out for 3 (got 0)'],
    [{ tries: 1e9 }, 'tries must be a whole number from 1 to 100'],
    [{ retryDelayMs: 5 } as never, 'did you mean retryDelay?'],
    [{ retryDelay: -1 }, 'retryDelay must be a duration above 0'],
  ])('refuses %j', (options, message) => {
    expect(() => elastiCache({ endpoint: 'a:1', ...options })).toThrow(HerdOptionError);
    expect(() => elastiCache({ endpoint: 'a:1', ...options })).toThrow(message);
  });
});
