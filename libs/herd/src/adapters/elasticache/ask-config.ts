import type { Tls } from '../../contracts/connection.js';
import { connectionRemedy } from '../../support/connection-remedy.js';
import { problemOf } from '../../support/message-of.js';
import { addressOf } from '../../support/nodes.js';
import { openSocket } from '../../support/open-socket.js';
import { within } from '../../support/within.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { parseClusterConfig } from './cluster-config.js';
import type { ClusterConfig } from './cluster-config.js';
import { readConfigReply } from './config-reply.js';
import type { ConfigReply } from './config-reply.js';

export type Endpoint = Readonly<{ host: string; port: number; tls?: Tls | undefined }>;

/**
 * Asks one server for the cluster's nodes, on a connection of its own: by `config get cluster`, or where that is not
 * known, as before engine 1.4.14, by `get AmazonElastiCache:cluster`.
 *
 * @throws {@link HerdDiscoveryError} naming the server, whatever it does.
 */
export function askConfig(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<ClusterConfig> {
  const problem = (what: string, remedy: string, cause?: unknown): HerdDiscoveryError =>
    new HerdDiscoveryError({
      what: `ElastiCache discovery at ${addressOf(endpoint)} ${what}`,
      remedy,
      ...(cause === undefined ? {} : { cause }),
    });
  const late = (): Error =>
    problem(
      `gave no answer within ${timeoutMs} ms`,
      'check security groups and that the server is up, or raise attemptTimeout',
    );

  return within(timeoutMs, signal, late, async (own) => {
    const failed = (cause: unknown): HerdDiscoveryError =>
      problem(
        `failed: ${problemOf(cause)}`,
        connectionRemedy(cause, 'check the endpoint, and that this host may connect to it').replaceAll(
          'connection.tls',
          'tls',
        ),
        cause,
      );
    const socket = await openSocket(endpoint, own).catch((cause: unknown) => {
      throw failed(cause);
    });
    const stop = (): void => void socket.destroy();
    own.addEventListener('abort', stop, { once: true });
    try {
      const reply = await new Promise<ConfigReply>((resolve, reject) => {
        let received: Buffer = Buffer.alloc(0);
        let commands = ['config get cluster\r\n', 'get AmazonElastiCache:cluster\r\n'];
        const send = (): void => {
          received = Buffer.alloc(0);
          socket.write(commands[0]!);
          commands = commands.slice(1);
        };
        socket.on('error', (cause) => reject(failed(cause)));
        socket.on('close', () =>
          reject(
            problem(
              'closed the connection before its answer was whole',
              endpoint.tls
                ? 'check that the server is well'
                : 'check that the server is well, and set tls if it expects TLS',
            ),
          ),
        );
        socket.on('data', (chunk) => {
          received = Buffer.concat([received, chunk]);
          const reply = readConfigReply(received);
          if (reply.state === 'unknown-command' && commands.length > 0) send();
          else if (reply.state !== 'partial') resolve(reply);
        });
        send();
      });
      if (reply.state !== 'config')
        throw problem(
          `answered ${describe(reply)}`,
          'use the configuration endpoint of an ElastiCache for Memcached cluster',
        );
      const config = parseClusterConfig(reply.text, endpoint.tls ? 'name' : 'address');
      if (config === undefined)
        throw problem(
          `sent a list of nodes that cannot be read: ${JSON.stringify(reply.text.slice(0, 100))}`,
          'check that the server is ElastiCache',
        );
      return config;
    } finally {
      socket.destroy();
    }
  });
}

function describe(reply: Exclude<ConfigReply, { state: 'config' }>): string {
  if (reply.state === 'garbage') return JSON.stringify(reply.what);
  return reply.state === 'none' ? 'that it has no list of nodes' : 'that it has neither command';
}
