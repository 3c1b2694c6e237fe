import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startMemcached, startRedis } from '@rookery/services';
import type { RunningServer } from '@rookery/services';

import { Authority } from '../authority.js';
import type { CertificateFiles } from '../authority.js';
import { startDelayingProxy } from '../delaying-proxy.js';
import { startLiar } from '../lying-sentinel.js';
import { askRedis, startRedisCluster, startSentinels } from '../redis-fleets.js';
import { startMemcachedWith } from '../secured-servers.js';
import { groupName } from './open-herd.js';
import type { Access, Setting } from './messages.js';

type Proxy = Awaited<ReturnType<typeof startDelayingProxy>>;

/** The servers of one round, and where a herd finds them. */
export type World = Readonly<{
  /** What the processes begin with. */
  addresses: readonly string[];
  access: Access;
  /** Of `nodes` worlds: four servers behind a proxy each, of which three are in use at first. */
  servers: readonly RunningServer[];
  proxies: readonly Proxy[];
  close(): Promise<void>;
}>;

/** Four servers behind delaying proxies. @param certificate of the first one's proxy. */
export async function nodesWorld(driver: Setting['driver'], certificate?: CertificateFiles): Promise<World> {
  const start = driver === 'redis' ? startRedis : startMemcached;
  const servers = await Promise.all(Array.from({ length: 4 }, () => start()));
  const proxies = await Promise.all(
    servers.map(({ port }, i) => startDelayingProxy(port, i === 0 && certificate ? read(certificate) : undefined)),
  );
  return {
    addresses: proxies.slice(0, 3).map(({ address }) => address),
    access: certificate ? { ca: readFileSync(certificate.ca, 'utf8') } : {},
    servers,
    proxies,
    async close() {
      servers[0]!.resume();
      await Promise.all([...proxies.map((proxy) => proxy.close()), ...servers.map((server) => server.stop())]);
    },
  };
}

export const read = ({ cert, key }: CertificateFiles) => ({ cert: readFileSync(cert), key: readFileSync(key) });

/** The same; the first is reached by TLS, and may show certificates that are refused: late, of another name, of a stranger. */
export async function certificatesWorld(driver: Setting['driver']) {
  const { good, bad } = (certificates ??= makeCertificates());
  return { ...(await nodesWorld(driver, good)), good, bad };
}

/** Made once in a process: meanwhile nothing else runs in it. */
let certificates: ReturnType<typeof makeCertificates> | undefined;
function makeCertificates() {
  const [authority, stranger] = [new Authority(), new Authority()];
  process.once('exit', () => [authority, stranger].forEach((one) => one.close()));
  return {
    good: authority.sign('good', 'IP:127.0.0.1'),
    bad: [
      authority.sign('late', 'IP:127.0.0.1', -1),
      authority.sign('other', 'DNS:other.test'),
      stranger.sign('stranger', 'IP:127.0.0.1'),
    ],
  };
}

/** The same; the first requires a password, which can be changed. */
export async function passwordWorld(driver: Setting['driver']) {
  const world = await nodesWorld(driver);
  const [first] = world.servers;
  const change = driver === 'redis' ? redisPassword(first!.port) : await memcachedPassword();
  world.proxies[0]!.state.target = change.port;
  await change.to('first');
  return {
    ...world,
    access: access(driver, 'first'),
    async changeTo(password: string): Promise<Access> {
      await change.to(password);
      world.proxies[0]!.drop();
      return access(driver, password);
    },
    async close() {
      await change.close();
      await world.close();
    },
  };
}

const access = (driver: Setting['driver'], password: string): Access =>
  driver === 'redis' ? { password } : { username: 'app', password };

function redisPassword(port: number) {
  let present = '';
  return {
    port,
    async to(password: string) {
      await askRedis({ port, password: present }, 'CONFIG', 'SET', 'requirepass', password);
      present = password;
    },
    close: () => Promise.resolve(),
  };
}

/** memcached reads its passwords when it starts. */
async function memcachedPassword() {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-passwords-'));
  const file = join(folder, 'users');
  let server: Awaited<ReturnType<typeof startMemcachedWith>> | undefined;
  const to = async (password: string): Promise<void> => {
    const port = server?.node.port;
    await server?.stop();
    writeFileSync(file, `app:${password}\n`, { mode: 0o644 });
    server = await startMemcachedWith(['-Y', file], port);
  };
  await to('before');
  return {
    port: server!.node.port,
    to,
    async close() {
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function clusterWorld() {
  const fleet = await startRedisCluster();
  return { addresses: fleet.addresses, access: {}, servers: fleet.servers, proxies: [], close: () => fleet.stop() };
}

/** Three sentinels behind peers that can lie. */
export async function sentinelsWorld() {
  const fleet = await startSentinels(groupName);
  const liars = await Promise.all(fleet.sentinels.map(({ port }) => startLiar(port)));
  return {
    addresses: liars.map(({ address }) => address),
    access: {},
    servers: fleet.servers,
    proxies: [],
    liars,
    /** A server that is no primary. */
    async replicaPort(): Promise<number> {
      const primary = await fleet.primaryPort();
      return fleet.servers.find(({ port }) => port !== primary)!.port;
    },
    async close() {
      await Promise.all(liars.map((liar) => liar.close()));
      await fleet.stop();
    },
  };
}
