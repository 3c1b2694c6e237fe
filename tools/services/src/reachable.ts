import { connect } from 'node:net';
import { poll } from './poll.js';
import { ServiceError } from './service-error.js';
import { ADDRESS_VARIABLES, type ServiceName } from './service-names.js';

const DEFAULT_PORTS: Record<string, number> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'mysql:': 3306,
  'redis:': 6379,
  'rediss:': 6379,
  'http:': 80,
  'https:': 443,
};
const TIMEOUT_MS = 5000;

/**
 * Waits until something accepts on every part of an address that the user gave.
 *
 * @throws {@link ServiceError} that names the variable, the part and the remedy.
 */
export async function requireReachable(name: ServiceName, address: string): Promise<void> {
  for (const part of name === 'memcached' ? address.split(',') : [address]) {
    const target = parse(name, part.trim());
    if (!target)
      throw new ServiceError(
        `${ADDRESS_VARIABLES[name]} must be ${name === 'memcached' ? 'host:port,host:port,…' : 'a URL'} (got ${address})`,
      );
    if (await poll(() => accepts(target), TIMEOUT_MS, 200)) continue;
    throw new ServiceError(
      `${ADDRESS_VARIABLES[name]} is set, but nothing answers at ${target.host}:${target.port}: start it (docker compose up -d --wait), or unset the variable`,
    );
  }
}

function parse(name: ServiceName, part: string): { host: string; port: number } | undefined {
  const text = name === 'memcached' ? `memcached://${part}` : part;
  if (!URL.canParse(text)) return undefined;
  const { hostname, port, protocol } = new URL(text);
  const number = port ? Number(port) : DEFAULT_PORTS[protocol];
  return hostname && number ? { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: number } : undefined;
}

function accepts(target: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: 2000 });
    const done = (accepted: boolean) => () => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
}
