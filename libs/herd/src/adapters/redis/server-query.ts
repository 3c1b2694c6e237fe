import { Redis } from 'ioredis';

import { withDeadline } from '../../support/deadline.js';
import { tlsOptionsOf } from '../../support/tls-options.js';
import type { NextConnection } from '../../support/connection-setting.js';
import { passive } from './passive.js';
import type { RedisConnection } from './redis-options.js';

/** How servers are queried for a topology. */
export type QueryPlan = Readonly<{ next: NextConnection<RedisConnection>; timeoutMs: number }>;

/** Asks one server by a connection of its own, which ends with the answer, or the deadline. */
export async function queryServer<Answer>(
  { host, port }: Readonly<{ host: string; port: number }>,
  { next, timeoutMs }: QueryPlan,
  ask: (redis: Redis) => Promise<Answer>,
): Promise<Answer> {
  let redis: Redis | undefined;
  let over = false;
  const work = async (): Promise<Answer> => {
    const { tls, ...own } = await next();
    if (over) throw new Error('too late');
    const secured = tlsOptionsOf(tls);
    // A server that loads its data, and a sentinel, answer about the topology too.
    redis = new Redis({
      ...own,
      ...(secured && { tls: secured }),
      ...passive,
      host,
      port,
      // What follows has a deadline of its own.
      connectTimeout: 0,
      enableReadyCheck: false,
    });
    const failure = new Promise<never>((_, reject) => redis!.on('error', reject));
    failure.catch(() => undefined);
    return Promise.race([redis.connect().then(() => ask(redis!)), failure]);
  };
  try {
    return await withDeadline(work(), timeoutMs, () => new Error(`no answer within ${timeoutMs} ms`));
  } finally {
    over = true;
    if (!redis?.stream?.closed) redis?.disconnect();
  }
}

/** An answer, and how many gave it. `rank` decides between answers that equally many gave. */
export type Vote<Answer> = { answer: Answer; votes: number; rank: number };

/**
 * Asks all of `servers` at once, and resolves as soon as most of them agree, or all have answered or failed.
 *
 * @param textOf the same for answers that agree.
 * @returns the answers, the one that most gave first.
 * @throws Error with all failures where nobody answered.
 */
export function agreed<Server, Answer>(
  servers: readonly Server[],
  ask: (server: Server) => Promise<Answer>,
  textOf: (answer: Answer) => string,
  rankOf: (answer: Answer) => number = () => 0,
): Promise<readonly Vote<Answer>[]> {
  return new Promise((resolve, reject) => {
    const votes = new Map<string, Vote<Answer>>();
    const failures: string[] = [];
    let left = servers.length;
    const settle = (): void => {
      const ranked = [...votes.values()].sort((a, b) => b.votes - a.votes || b.rank - a.rank);
      const isDecided = (ranked[0]?.votes ?? 0) * 2 > servers.length;
      if (left > 0 && !isDecided) return;
      if (ranked.length > 0) resolve(ranked);
      else reject(new Error(failures.join('; ')));
    };
    const count = (answer: Answer): void => {
      const text = textOf(answer);
      const vote = votes.get(text) ?? { answer, votes: 0, rank: rankOf(answer) };
      votes.set(text, { ...vote, votes: vote.votes + 1, rank: Math.max(vote.rank, rankOf(answer)) });
    };
    for (const server of servers)
      ask(server)
        .then(count, (error: Error) => failures.push(error.message))
        .finally(() => {
          left--;
          settle();
        });
  });
}
