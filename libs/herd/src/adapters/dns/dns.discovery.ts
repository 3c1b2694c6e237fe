import { isIP } from 'node:net';

import { parseAddress } from '../../support/address.js';
import type { Discovery } from '../../contracts/discovery.js';
import type { Duration } from '../../contracts/duration.js';
import { addressOf } from '../../support/nodes.js';
import type { Node } from '../../contracts/node.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { checked, checkShape, readDuration } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';
import { saysNone, withResolver } from './dns-query.js';
import type { DnsQuestions } from './dns-query.js';
import { targetsOf } from './srv-nodes.js';
import type { Target } from './srv-nodes.js';

/** `port` is that of every node for A and AAAA; SRV records bring their own. */
export type DnsOptions = (Readonly<{ type?: 'A' | 'AAAA'; port: number }> | Readonly<{ type: 'SRV'; port?: never }>) &
  Readonly<{
    /** The whole name: search domains and the hosts file are not used. */
    host: string;
    /** DNS servers to query, as `ip` or `ip:port`. Default: those of the system. */
    servers?: readonly string[];
    /** How long one discovery may take, all queries together. Default `1500ms`. */
    timeout?: Duration;
  }>;

/**
 * Nodes from DNS. With A (default) and AAAA each address is a node, and its id. With SRV each target of the lowest
 * priority is a node: its id is `target:port`, so that it keeps its keys when its address changes, its weight that of
 * the record.
 *
 * @example
 * dns({ host: 'caches.internal.example.com', port: 11211 })
 * dns({ host: '_memcache._tcp.caches.default.svc.cluster.local', type: 'SRV' })
 *
 * @throws HerdOptionError for bad options. Its `nodes` throws {@link HerdDiscoveryError}, with the name, the
 * server and the DNS error code, when any of the questions fails: a fleet never shrinks because of half an answer.
 */
export function dns(options: DnsOptions): Discovery {
  const { host, type, port, servers, timeoutMs } = resolve(options);
  return {
    name: 'dns',
    nodes: (signal) =>
      withResolver({ servers, timeoutMs }, `${host} ${type}`, signal, async (questions) => {
        const nodes =
          type === 'SRV' ? await fromSrv(questions, host) : fromAddresses(await questions.addresses(host, type), port!);
        if (nodes.length === 0)
          throw new HerdDiscoveryError({
            what: `DNS has no ${type} records for ${host} that offer a node`,
            remedy: 'add the nodes to the zone',
          });
        return { nodes };
      }),
  };
}

type Resolved = Readonly<{
  host: string;
  type: 'A' | 'AAAA' | 'SRV';
  port: number | undefined;
  servers: readonly string[];
  timeoutMs: number;
}>;

const resolve = (options: DnsOptions): Resolved =>
  checked((problems) => {
    const given: { [Name in keyof DnsOptions]?: DnsOptions[Name] } = checkShape(problems, options, names);
    const { host = '', type = 'A', port, servers, timeout = '1500ms' } = given;
    const isName = typeof host === 'string' && /^[^\s/:]+$/.test(host) && isIP(host) === 0;
    const remedy = `must be a domain name, such as 'caches.example.com'; pass addresses to staticNodes()`;
    problems.check(isName, 'host', given.host, remedy);
    const isType = ['A', 'AAAA', 'SRV'].includes(type);
    problems.check(isType, 'type', type, 'must be A, AAAA or SRV, as the records that list your nodes');
    const isPort = Number.isInteger(port) && port! >= 1 && port! <= 65535;
    if (type === 'SRV')
      problems.check(port === undefined, 'port', port, 'must be left out: SRV records bring their own');
    else problems.check(isPort, 'port', port, 'must be a port from 1 to 65535, that of the nodes; or use type SRV');
    if (servers !== undefined) checkServers(problems, servers);
    return { host, type, port, servers: servers ?? [], timeoutMs: readDuration(problems, 'timeout', timeout) };
  });

function checkServers(problems: OptionProblems, servers: readonly string[]): void {
  const isFilled = Array.isArray(servers) && servers.length > 0;
  const requirement = 'must list one DNS server or more; leave it out for those of the system';
  if (!problems.check(isFilled, 'servers', servers, requirement)) return;
  for (const [i, server] of servers.entries()) {
    const place = typeof server === 'string' ? (parseAddress(server) ?? { host: server, port: 53 }) : undefined;
    const isAddress = place !== undefined && isIP(place.host) !== 0 && place.port >= 1 && place.port <= 65535;
    problems.check(
      isAddress,
      `servers[${i}]`,
      server,
      `must be an IP address: '10.0.0.2', '10.0.0.2:53' or '[::1]:53'`,
    );
  }
}

const names = ['host', 'type', 'port', 'servers', 'timeout'] as const;

function fromAddresses(addresses: readonly string[], port: number): readonly Node[] {
  return [...new Set(addresses)].sort().map((host) => ({ id: addressOf({ host, port }), host, port }));
}

async function fromSrv(questions: DnsQuestions, host: string): Promise<readonly Node[]> {
  return Promise.all(
    targetsOf(await questions.services(host)).map(async ({ name, ...rest }) => ({
      id: idOf({ name, ...rest }),
      host: await addressOfTarget(questions, name),
      ...rest,
    })),
  );
}

const idOf = ({ name, port }: Target): string => `${name}:${port}`;

/** The first address, so that one of several does not look like a new node at each tick. */
async function addressOfTarget(questions: DnsQuestions, name: string): Promise<string> {
  if (isIP(name) !== 0) return name;
  const found = await questions.addresses(name, 'A').catch((error: unknown) => {
    if (saysNone(error)) return questions.addresses(name, 'AAAA');
    throw error;
  });
  return [...found].sort()[0]!;
}
