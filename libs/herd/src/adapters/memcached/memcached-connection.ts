import type { ConnectionSetting, Tls } from '../../contracts/connection.js';
import { checkSecrets } from '../../support/connection-checks.js';
import { checkShape, checkWhole } from '../../support/option-checks.js';
import type { OptionProblems } from '../../support/option-problems.js';

/** How one node is reached; what is left out is the node's own, or as for all. */
export type MemcachedConnection = Readonly<{
  /** Instead of the node's: through a tunnel or a proxy. */
  host?: string;
  port?: number;
  /** A Unix socket (`memcached -s`), instead of host and port. */
  path?: string;
  /** For servers with `-Z`. Default: plain TCP. */
  tls?: Tls;
  /** For servers with `-Y`, together with `password`. */
  username?: string;
  password?: string;
  /** Deadline for a connection, TLS and authentication included. */
  connectTimeoutMs?: number;
  /** First TCP keep-alive probe after this much silence. Default: none is sent. */
  keepAliveMs?: number;
}>;

export type MemcachedConnectionSetting = ConnectionSetting<MemcachedConnection>;

const names = ['host', 'port', 'path', 'tls', 'username', 'password', 'connectTimeoutMs', 'keepAliveMs'] as const;
const numbers = { port: 65535, connectTimeoutMs: 2 ** 27, keepAliveMs: 2 ** 27 } as const;

/** @returns `given` without what is `undefined`; what is wrong is reported. */
export function checkMemcachedConnection(problems: OptionProblems, given: MemcachedConnection): MemcachedConnection {
  const connection = checkShape(problems, given, names, 'connection.');
  const { host, port, path, username, password } = connection;
  const isHost = host === undefined || (typeof host === 'string' && host !== '');
  problems.check(isHost, 'connection.host', host, 'must be a host; leave it out for the host of the node');
  for (const [name, most] of Object.entries(numbers)) {
    const value = connection[name as keyof typeof numbers];
    if (value !== undefined)
      checkWhole(problems, `connection.${name}`, value, [1, most], 'leave it out for the default');
  }
  checkSecrets(problems, connection, 'connection');
  const isAlone = path === undefined || (host === undefined && port === undefined);
  problems.check(isAlone, 'connection.path', path, 'must not stand beside host or port; leave those out');
  const isPair = (username === undefined) === (password === undefined);
  problems.check(isPair, 'connection.username', username, 'must be given with password, and password with it');
  const isWord = typeof username !== 'string' || !/[\s:]/.test(username);
  problems.check(isWord, 'connection.username', username, 'must not hold spaces or colons: memcached cannot read it');
  return connection;
}
