import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { describeWith } from '@rookery/services';
import { withCoalescing } from '@rookery/limiter';
import { memcachedStorage } from '@rookery/limiter/memcached';
import { connectMemcached, SpyClient } from './memcached-client.js';
import { received, startProcess } from './processes/start.js';

const PROCESSES = 8;
const REQUESTS = 500;
const LIMIT = 100;
const ARGUMENTS = (kind: string, address: string) => [
  kind,
  address,
  `exact:${randomUUID()}`,
  String(REQUESTS),
  String(LIMIT),
];

interface Done {
  readonly admitted: number;
  readonly refused: number;
  readonly failed: number;
}
const done = (message: unknown) => (message as { done?: Done }).done;
const ready = (message: unknown) => (message as { ready?: true }).ready;
const total = (parts: readonly Done[]): Done =>
  parts.reduce((sum, part) => ({
    admitted: sum.admitted + part.admitted,
    refused: sum.refused + part.refused,
    failed: sum.failed + part.failed,
  }));
const EXACT: Done = { admitted: LIMIT, refused: PROCESSES * REQUESTS - LIMIT, failed: 0 };

function admitsExactly(kind: string, address: string): void {
  let processes: ChildProcess[] = [];
  beforeAll(async () => {
    const args = ARGUMENTS(kind, address);
    processes = Array.from({ length: PROCESSES }, () => startProcess('./flood.ts', args));
    await Promise.all(processes.map((each) => received(each, ready)));
  }, 60_000);
  afterAll(() => processes.forEach((each) => each.kill('SIGKILL')));

  // Bare memcached is left out: 4000 racing requests on one item would only prove that they run out of time.
  const layers = kind === 'memcached' ? ['coalesced', 'layered'] : ['bare', 'coalesced', 'layered'];
  it.each(layers)(
    `${PROCESSES} processes x ${REQUESTS} requests at once on one key of ${LIMIT}: %s`,
    async (layer) => {
      const answers = Promise.all(processes.map((each) => received(each, done)));
      for (const each of processes) each.send({ go: layer });
      expect(total(await answers)).toEqual(EXACT);
    },
    60_000,
  );
}

describeWith('memcached', 'memcached admits exactly the limit', (servers) => {
  const [address] = servers.split(',') as [string];
  admitsExactly('memcached', address);

  it('takes 2 round trips for 200 requests at once of one process on one key', async () => {
    const { client, close } = connectMemcached(address);
    const spy = new SpyClient(client);
    const storage = withCoalescing(memcachedStorage(spy));
    const limits = [
      { drainPerTick: 1, unitsPerToken: 8_640_000_000, capacity: LIMIT * 8_640_000_000, tickMicros: 1000 as const },
    ];
    const key = `exact:${randomUUID()}`;
    const answers = await Promise.all(
      Array.from({ length: 200 }, async () => storage.apply({ key, limits, costs: [1], timeoutMs: 5000 })),
    );
    expect(answers.filter(([answer]) => answer!.allowed).length).toBe(LIMIT);
    expect(spy.calls).toEqual(['gets', 'add']);
    close();
  });
});

describeWith('redis', 'Redis admits exactly the limit', (address) => admitsExactly('redis', address));

describe('the primary of a cluster admits exactly the limit', () => {
  let primary: ChildProcess;
  /** The message of each of its workers for which `pick` finds something. */
  const collect = <T>(pick: (message: unknown) => T | undefined): Promise<T[]> => {
    const found: T[] = [];
    return received(primary, (said) => {
      const part = pick((said as { message?: unknown }).message ?? {});
      return part !== undefined && found.push(part) === PROCESSES ? found : undefined;
    });
  };
  beforeAll(async () => {
    const args = ARGUMENTS('memory-cluster', '-');
    primary = startProcess('./cluster-primary.ts', [String(PROCESSES), './flood.ts', ...args]);
    await collect(ready);
  }, 60_000);
  afterAll(() => void primary.kill('SIGKILL'));

  it.each(['bare', 'coalesced', 'layered'])(
    `${PROCESSES} workers x ${REQUESTS} requests at once on one key of ${LIMIT}: %s`,
    async (layer) => {
      const answers = collect(done);
      primary.send({ message: { go: layer } });
      expect(total(await answers)).toEqual(EXACT);
    },
    60_000,
  );
});
