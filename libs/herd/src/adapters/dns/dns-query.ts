import { promises } from 'node:dns';
import type { SrvRecord } from 'node:dns';

import { within } from '../../support/within.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';

/** Which servers are queried, and how long a lookup may last. */
export type DnsQuery = Readonly<{ servers: readonly string[]; timeoutMs: number }>;

/** The questions of one lookup, which share a deadline. */
export interface DnsQuestions {
  addresses(host: string, type: 'A' | 'AAAA'): Promise<string[]>;
  services(host: string): Promise<SrvRecord[]>;
}

/**
 * Runs `work` with a resolver of its own, which is stopped with all its questions at the deadline or when `signal` aborts:
 * by itself Node's resolver waits several seconds for a silent server.
 */
export function withResolver<Result>(
  query: DnsQuery,
  host: string,
  signal: AbortSignal,
  work: (questions: DnsQuestions) => Promise<Result>,
): Promise<Result> {
  const { servers, timeoutMs } = query;
  const late = (): Error => problem(host, servers, { code: 'ETIMEOUT' }, ` within ${timeoutMs} ms`);
  return within(timeoutMs, signal, late, async (own) => {
    const resolver = new promises.Resolver({ timeout: Math.max(1, Math.floor(timeoutMs / 3)), tries: 2 });
    if (servers.length > 0) resolver.setServers(servers);
    const stop = (): void => resolver.cancel();
    own.addEventListener('abort', stop, { once: true });
    const answered = async <Answer>(name: string, answer: Promise<Answer>): Promise<Answer> => {
      try {
        return await answer;
      } catch (error) {
        throw problem(name, servers, error as NodeJS.ErrnoException);
      }
    };
    try {
      return await work({
        addresses: (name, type) =>
          answered(`${name} ${type}`, type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name)),
        services: (name) => answered(`${name} SRV`, resolver.resolveSrv(name)),
      });
    } finally {
      resolver.cancel();
    }
  });
}

const remedies: Readonly<Record<string, string>> = {
  ENOTFOUND: 'check the name: it must be whole, as search domains and the hosts file are not used',
  EBADNAME: 'check the name: it is none that DNS can have',
  ENODATA: 'check the type: the name exists, without records of this one',
  ETIMEOUT: 'check that the DNS server is up and can be reached, or raise timeout',
  ECONNREFUSED: 'check the address of the DNS server',
  EREFUSED: 'let the DNS server answer this host, or use another',
  ESERVFAIL: 'look at the DNS server: it could not answer',
};

function problem(
  lookup: string,
  servers: readonly string[],
  cause: { code?: string },
  detail = '',
): HerdDiscoveryError {
  const { code = 'unknown error' } = cause;
  const from = servers.length === 0 ? 'the DNS servers of the system' : `DNS server ${servers.join(', ')}`;
  return new HerdDiscoveryError({
    what: `DNS lookup of ${lookup} by ${from} failed with ${code}${detail}`,
    remedy: remedies[code] ?? 'look at the DNS server',
    cause,
  });
}

/** Whether DNS has answered that there are no such records. */
export const saysNone = (error: unknown): boolean =>
  error instanceof HerdDiscoveryError &&
  ['ENODATA', 'ENOTFOUND'].includes((error.cause as { code?: string } | undefined)?.code ?? '');
