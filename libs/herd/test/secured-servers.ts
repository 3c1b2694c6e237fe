import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';

import type { Node } from '@rookery/herd';

import type { CertificateFiles } from './authority.js';
import { freePort, startProgram } from './program.js';

/** How a server is to be reached, and what it requires. */
export type Secured = Readonly<{ node: Node; stop(): Promise<void> }>;

const nodeOn = (port: number): Node => ({ id: 'n', host: '127.0.0.1', port });

/** The installed memcached with more arguments; it may not answer yet. */
export async function startMemcachedWith(args: readonly string[], port?: number): Promise<Secured> {
  const chosen = port ?? (await freePort());
  const user = userInfo().uid === 0 ? ['-u', 'root'] : [];
  const listen = args.includes('-s') ? [] : ['-l', '127.0.0.1', '-p', String(chosen)];
  const program = startProgram('memcached', [...user, '-U', '0', ...listen, ...args]);
  return { node: nodeOn(chosen), stop: () => program.stop() };
}

/** Arguments of memcached for TLS. */
export const memcachedTls = ({ cert, key }: CertificateFiles): readonly string[] => [
  '-Z',
  '-o',
  `ssl_chain_cert=${cert},ssl_key=${key}`,
];

/** The installed Redis with more arguments; it may not answer yet. */
export async function startRedisWith(args: readonly string[], plain = true, port?: number): Promise<Secured> {
  const chosen = port ?? (await freePort());
  const ports = plain ? ['--port', String(chosen)] : ['--port', '0', '--tls-port', String(chosen)];
  const program = startProgram('redis-server', ['--bind', '127.0.0.1', ...ports, '--save', '', ...args]);
  return { node: nodeOn(chosen), stop: () => program.stop() };
}

/** Arguments of Redis for TLS. */
export const redisTls = ({ cert, key, ca }: CertificateFiles): readonly string[] => [
  '--tls-cert-file',
  cert,
  '--tls-key-file',
  key,
  '--tls-ca-cert-file',
  ca,
  '--tls-auth-clients',
  'no',
];

/** A path for a Unix socket, and its removal. */
export function socketPath(folder: string, name: string): { path: string; remove(): void } {
  const path = join(folder, name);
  return { path, remove: () => rmSync(path, { force: true }) };
}
