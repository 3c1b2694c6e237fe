import { describeWithProgram } from '@rookery/services';
import type { Answer } from 'dns-packet';

import { dns } from '../src/adapters/dns/dns.discovery.js';
import type { DnsOptions } from '../src/adapters/dns/dns.discovery.js';
import { HerdDiscoveryError } from '../src/errors/discovery-error.js';
import { HerdOptionError } from '../src/errors/option-error.js';
import { discoveryContract } from '../src/testing/discovery-contract.js';
import { startDnsServer } from './dns-server.js';
import type { Reply } from './dns-server.js';
import { until } from './poll.js';
import { freePort, startProgram } from './program.js';

const never = new AbortController().signal;
const a = (name: string, data: string): Answer => ({ type: 'A', name, data });
const srv = (target: string, port: number, priority = 0, weight = 0): Answer => ({
  type: 'SRV',
  name: '_memcache._tcp.test',
  data: { target, port, priority, weight },
});

describe('dns against a server in the process', () => {
  let server: Awaited<ReturnType<typeof startDnsServer>>;
  /** What the server holds, by `TYPE name`; a name without an entry does not exist. */
  let zone: Record<string, Reply>;
  beforeAll(async () => {
    server = await startDnsServer(() => 'silence');
  });
  beforeEach(() => {
    zone = {};
    server.asked.length = 0;
    server.answer = ({ type, name }) => zone[`${type} ${name}`] ?? { rcode: 'NXDOMAIN' };
  });
  afterAll(() => server.close());
  const ask = (options: Omit<DnsOptions, 'servers'>) =>
    dns({ timeout: 1500, ...options, servers: [server.address] } as DnsOptions).nodes(never);
  const caches = { host: 'caches.test', port: 11211 };
  const service = { host: '_memcache._tcp.test', type: 'SRV' } as const;

  it('makes a node of each A record, once, by its address', async () => {
    zone['A caches.test'] = {
      answers: [a('caches.test', '10.0.0.2'), a('caches.test', '10.0.0.1'), a('caches.test', '10.0.0.2')],
    };
    expect(await ask(caches)).toEqual({
      nodes: [
        { id: '10.0.0.1:11211', host: '10.0.0.1', port: 11211 },
        { id: '10.0.0.2:11211', host: '10.0.0.2', port: 11211 },
      ],
    });
  });

  it('makes a node of each AAAA record', async () => {
    zone['AAAA caches.test'] = { answers: [{ type: 'AAAA', name: 'caches.test', data: 'fd00::1' }] };
    expect(await ask({ ...caches, type: 'AAAA' })).toEqual({
      nodes: [{ id: '[fd00::1]:11211', host: 'fd00::1', port: 11211 }],
    });
  });

  it('uses SRV targets of the lowest priority, with port and weight, under ids that outlive addresses', async () => {
    zone['SRV _memcache._tcp.test'] = {
      answers: [srv('b.test', 11212, 10, 5), srv('A.test', 11211, 10, 0), srv('spare.test', 11211, 20, 9)],
    };
    zone['A a.test'] = zone['A A.test'] = { answers: [a('a.test', '10.0.0.9'), a('a.test', '10.0.0.10')] };
    zone['A b.test'] = { answers: [] };
    zone['AAAA b.test'] = { answers: [{ type: 'AAAA', name: 'b.test', data: 'fd00::b' }] };
    expect((await ask(service)).nodes).toEqual([
      { id: 'a.test:11211', host: '10.0.0.10', port: 11211, weight: 1 },
      { id: 'b.test:11212', host: 'fd00::b', port: 11212, weight: 5 },
    ]);
    zone['A a.test'] = { answers: [a('a.test', '10.0.7.7')] };
    expect((await ask(service)).nodes[0]).toMatchObject({ id: 'a.test:11211', host: '10.0.7.7' });
  });

  it('leaves equal weights out', async () => {
    zone['SRV _memcache._tcp.test'] = {
      answers: [srv('a.test', 1, 0, 33), srv('b.test', 1, 0, 33), srv('b.test', 1, 0, 33)],
    };
    zone['A a.test'] = zone['A b.test'] = { answers: [a('x', '10.0.0.1')] };
    expect((await ask(service)).nodes).toEqual([
      { id: 'a.test:1', host: '10.0.0.1', port: 1 },
      { id: 'b.test:1', host: '10.0.0.1', port: 1 },
    ]);
  });

  it('fails as a whole when the address of one target cannot be learnt', async () => {
    zone['SRV _memcache._tcp.test'] = { answers: [srv('a.test', 1), srv('lost.test', 1)] };
    zone['A a.test'] = { answers: [a('a.test', '10.0.0.1')] };
    await expect(ask(service)).rejects.toThrow('lost.test AAAA');
  });

  it('queries again over TCP when a reply is truncated', async () => {
    const answers = Array.from({ length: 200 }, (_, i) => a('caches.test', `10.0.1.${i}`));
    server.answer = (_, over) => (over === 'udp' ? { truncated: true, answers: answers.slice(0, 3) } : { answers });
    expect((await ask(caches)).nodes).toHaveLength(200);
    expect(server.asked).toEqual(['udp A caches.test', 'tcp A caches.test']);
  });

  it.each<[string, Reply, string]>([
    ['a name that does not exist', { rcode: 'NXDOMAIN' }, 'ENOTFOUND'],
    ['a name without such records', { answers: [] }, 'ENODATA'],
    ['a server that refuses', { rcode: 'REFUSED' }, 'EREFUSED'],
    ['a server that fails', { rcode: 'SERVFAIL' }, 'ESERVFAIL'],
    ['a server that is silent', 'silence', 'ETIMEOUT'],
    ['a server that sends garbage', { garbage: true }, ''],
  ])('names the host, the server and the code for %s', async (_, reply, code) => {
    server.answer = () => reply;
    const failure = ask({ ...caches, timeout: 300 });
    await expect(failure).rejects.toBeInstanceOf(HerdDiscoveryError);
    await expect(failure).rejects.toThrow(
      `DNS lookup of caches.test A by DNS server ${server.address} failed with ${code}`,
    );
  });

  it('reports that the service is offered nowhere', async () => {
    zone['SRV _memcache._tcp.test'] = { answers: [srv('.', 0)] };
    await expect(ask(service)).rejects.toThrow('no SRV records for _memcache._tcp.test that offer a node');
  });

  describe('keeps the contract of discovery', () => {
    const harness = {
      make: () => dns({ ...caches, servers: [server.address] }),
      hang: () => void (server.answer = () => 'silence'),
      resume: () =>
        void (server.answer = () => ({ answers: [a('caches.test', '10.0.0.2'), a('caches.test', '10.0.0.1')] })),
    };
    beforeEach(harness.resume);
    it.each(discoveryContract(harness))('$name', ({ run }) => run());
  });
});

describeWithProgram('dnsmasq', 'dns against dnsmasq', (dnsmasq) => {
  let port: number;
  const start = (...records: string[]) =>
    startProgram(dnsmasq, [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--user=',
      '--pid-file=',
      `--port=${port}`,
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      '--no-resolv',
      '--no-hosts',
      ...records,
    ]);
  const nodes = async (options: Partial<DnsOptions>) =>
    (
      await dns({ host: 'caches.test', timeout: 1000, servers: [`127.0.0.1:${port}`], ...options } as DnsOptions).nodes(
        never,
      )
    ).nodes;
  const answers = () =>
    until('dnsmasq answers', () =>
      nodes({ port: 11211 }).then(
        () => true,
        () => false,
      ),
    );
  beforeEach(async () => {
    port = await freePort();
  });

  it('finds A, AAAA and SRV, and follows a change', async () => {
    const one = [
      '--host-record=a.caches.test,10.0.0.1',
      '--host-record=caches.test,10.0.0.1,fd00::1',
      '--srv-host=_memcache._tcp.caches.test,a.caches.test,11300,0,1',
    ];
    const first = start(...one);
    try {
      await answers();
      expect(await nodes({ port: 11211 })).toEqual([{ id: '10.0.0.1:11211', host: '10.0.0.1', port: 11211 }]);
      expect(await nodes({ type: 'AAAA', port: 11211 })).toMatchObject([{ host: 'fd00::1' }]);
      expect(await nodes({ type: 'SRV', host: '_memcache._tcp.caches.test' })).toEqual([
        { id: 'a.caches.test:11300', host: '10.0.0.1', port: 11300 },
      ]);
      await expect(nodes({ port: 11211, host: 'absent.test' })).rejects.toBeInstanceOf(HerdDiscoveryError);
    } finally {
      await first.stop();
    }
    const failure = nodes({ port: 11211 });
    await expect(failure).rejects.toThrow(/ECONNREFUSED|ETIMEOUT/);
    const second = start(
      ...one,
      '--host-record=b.caches.test,10.0.0.2',
      '--srv-host=_memcache._tcp.caches.test,b.caches.test,11300,0,3',
      '--srv-host=_memcache._tcp.caches.test,spare.test,1,9,1',
    );
    try {
      await answers();
      const found = await nodes({ type: 'SRV', host: '_memcache._tcp.caches.test' });
      expect(found).toEqual([
        { id: 'a.caches.test:11300', host: '10.0.0.1', port: 11300, weight: 1 },
        { id: 'b.caches.test:11300', host: '10.0.0.2', port: 11300, weight: 3 },
      ]);
    } finally {
      await second.stop();
    }
  });
});

describe('dns options', () => {
  it.each<[unknown, string]>([
    [{ host: '', port: 1 }, 'host must be a domain name'],
    [{ host: 'a.test:53', port: 1 }, 'host must be a domain name'],
    [
      { host: '10.0.0.1', port: 1 },
      "host must be a domain name, such as 'caches.example.com'; pass addresses to staticNodes() (got '10.0.0.1')",
    ],
    [
      { host: 'a.test', port: 1, servers: [] },
      'servers must list one DNS server or more; leave it out for those of the system (got [])',
    ],
    [{ host: 'a.test', port: 1, servers: '10.0.0.2' }, 'servers must list one DNS server or more'],
    [{ host: 'a.test' }, 'port must be a port from 1 to 65535, that of the nodes; or use type SRV (got undefined)'],
    [{ host: 'a.test', port: 1, type: 'MX' }, 'type must be A, AAAA or SRV'],
    [{ host: 'a.test', port: 1, servers: ['ns.test'] }, 'servers[0] must be an IP address'],
    [{ host: 'a.test', port: 1, servers: ['::1', '127.0.0.1:99999'] }, 'servers[1] must be an IP address'],
    [{ host: 'a.test', port: 1, servers: ['127.0.0.1:0'] }, 'servers[0] must be an IP address'],
    [{ host: 'a.test', port: 1, server: '::1' }, 'server is not an option; did you mean servers?'],
    [{ host: 'a.test', type: 'SRV', port: 1 }, 'port must be left out'],
    [{ host: 'a.test', port: 1, timeout: 0 }, 'timeout must be a duration above 0'],
  ])('%j: %s', (options, message) => {
    expect(() => dns(options as DnsOptions)).toThrow(HerdOptionError);
    expect(() => dns(options as DnsOptions)).toThrow(message);
  });
});
