import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Pending, PendingListener } from '../contracts/pending.js';
import {
  HerdDoubtError,
  HerdNodeDownError,
  HerdNodeError,
  HerdOverloadError,
  HerdRefusedError,
  HerdRequestError,
  HerdTimeoutError,
} from '../errors/operation-errors.js';
import { NodePool } from './node-pool.js';

const options = {
  ejectAfter: 3,
  probeMs: 5,
  maxProbeMs: 20,
  pingTimeoutMs: 20,
  firstContactMs: 20,
  maxInFlight: 2,
  maxQueue: 1,
  lateWritesMs: 50,
};
const node = { id: 'n', host: 'n', port: 1 };
const lost = () => new HerdNodeError({ what: 'lost', remedy: 'none' });
const never = () => new Promise<never>(() => undefined);

const driverOf = (ping: () => Promise<void>) => ({
  open: () => ({}),
  ping,
  abandon: () => undefined as void,
  close: () => Promise.resolve(),
  classify: (error: unknown) => (error instanceof HerdRequestError ? ('request' as const) : ('node' as const)),
});

const opened: NodePool<object>[] = [];
afterEach(() => Promise.all(opened.splice(0).map((pool) => pool.drain(1))));

/** Closed after its test. */
function open(...given: ConstructorParameters<typeof NodePool<object>>): NodePool<object> {
  const pool = new NodePool<object>(...given);
  opened.push(pool);
  return pool;
}

/** A node that answers as scripted, and records what the pool requests of it. */
function scripted(ping: () => Promise<void> = () => Promise.resolve()) {
  const asked = { abandoned: 0, closed: 0, pings: 0, health: 0 };
  const driver = {
    ...driverOf(() => (asked.pings++, ping())),
    abandon: () => void asked.abandoned++,
    close: () => Promise.resolve(void asked.closed++),
  };
  return {
    asked,
    pool: open(
      node,
      driver,
      options,
      () => 1000,
      () => void asked.health++,
    ),
  };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5000; !condition(); await nextTurn())
    if (Date.now() > end) throw new Error('waited in vain');
}

/** Holds the event loop, as one that is busy does. */
const busy = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

describe('NodePool', () => {
  it('gives up at the deadline, and on the connection with it', async () => {
    const { asked, pool } = scripted();
    // Long enough for a busy machine: a deadline that this process let pass is not counted against the node.
    await expect(pool.use(never, 300)).rejects.toThrow(HerdTimeoutError);
    expect(asked.abandoned).toBe(1);
    expect(pool.stats).toMatchObject({ inFlight: 0, operations: 1, timeouts: 1, failures: 1 });
  });

  it('reports a deadline before it has passed, though the timers of a busy process come late', async () => {
    const { pool } = scripted();
    const order: string[] = [];
    const told = pool.use(never, 100).catch(() => order.push('told'));
    await nextTurn();
    // At the deadline, and one turn later, as operations are notified.
    const passed = new Promise<void>((resolve) =>
      setTimeout(() => setImmediate(() => (order.push('passed'), resolve())), 100),
    );
    busy(150);
    await Promise.all([told, passed]);
    expect(order).toEqual(['told', 'passed']);
  });

  it('does not charge an operation, nor its node, with what its caller does before it lets go', async () => {
    const { asked, pool } = scripted();
    let left = 0;
    const answer = pool.use(() => new Promise<string>((resolve) => setTimeout(() => resolve('in time'), 20)), 100);
    busy(250);
    setImmediate(() => (left = asked.abandoned));
    expect(await answer).toBe('in time');
    expect([left, asked.abandoned, pool.health]).toEqual([0, 0, { state: 'up', failures: 0 }]);
  });

  it('gives up on many, each by its own deadline, by one timer', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const pool = open(
      node,
      driverOf(never),
      { ...options, maxInFlight: 100, maxQueue: 100 },
      () => 1000,
      () => undefined,
    );
    const all = [60, 20, 60_000, 100, 40, 80, 20].map((ms) => pool.use(never, ms));
    const ended = Promise.allSettled(all);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(before + 1);
    for (const [i, ms] of [60, 20, 60_000, 100, 40, 80, 20].entries())
      if (ms < 60_000) await expect(all[i]).rejects.toThrow(`did not answer within ${ms} ms`);
    expect(pool.stats).toMatchObject({ inFlight: 1, queued: 0, timeouts: 6 });
    await pool.drain(1);
    expect((await ended)[2]).toMatchObject({ reason: { code: 'HERD_NODE' } });
  });

  it('is down by one deadline at which nothing at all had answered', async () => {
    const wide = () =>
      open(
        node,
        driverOf(never),
        { ...options, maxInFlight: 9 },
        () => 1000,
        () => undefined,
      );
    const silent = wide();
    const others = Promise.allSettled([silent.use(never, 400), silent.use(never, 400)]);
    await expect(silent.use(never, 200)).rejects.toThrow(HerdTimeoutError);
    expect(silent.health.state).toBe('down');
    await others;
    await silent.drain(1);

    const busy = wide();
    const late = Promise.allSettled([busy.use(never, 200)]);
    await busy.use(() => Promise.resolve('ok'), 100);
    await late;
    expect(busy.health).toEqual({ state: 'up', failures: 1 });
  });

  describe('of a node that missed a write', () => {
    const deleting = (deleted: string[][], refusals = 0, lateWritesMs = options.lateWritesMs) =>
      open(
        node,
        {
          ...driverOf(() => Promise.resolve()),
          invalidate: (_client, keys) => {
            if (refusals-- > 0) return Promise.reject(lost());
            deleted.push([...keys]);
            return Promise.resolve();
          },
        },
        { ...options, lateWritesMs },
        () => 1000,
        () => undefined,
      );

    it('is used again at once, and deletes the key before it is used, once', async () => {
      const deleted: string[][] = [];
      const pool = deleting(deleted);
      for (let i = 0; i < 3; i++) await pool.use(() => Promise.reject(lost()), 100).catch(() => undefined);
      pool.doubt(['a', 'b'], false);
      await until(() => pool.health.state === 'up');
      const seen = pool.use(() => Promise.resolve(deleted.flat().includes('a')), 100, ['a'], 'read');
      expect(await seen).toBe(true);
      await until(() => deleted.flat().includes('b'));
      expect(deleted.flat().sort()).toEqual(['a', 'b']);
      expect(pool.trusts('a')).toBe(true);
    });

    it('goes on trying to delete, and does not use the key before', async () => {
      const deleted: string[][] = [];
      const pool = deleting(deleted, 1);
      pool.doubt(['a'], false);
      await expect(pool.use(never, 100, ['a'], 'read')).rejects.toThrow('lost');
      await until(() => deleted.length === 1);
      expect(await pool.use(() => Promise.resolve('missed'), 100, ['a'], 'read')).toBe('missed');
    });

    it('neither reads nor writes a key while a write that was given up may arrive, and deletes it before and after', async () => {
      const deleted: string[][] = [];
      // On a busy machine the first deletion may come late: it must come before the write can arrive no more.
      const pool = deleting(deleted, 0, 1000);
      pool.doubt(['a'], true);
      await expect(pool.use(never, 100, ['a'], 'read')).rejects.toThrow(HerdDoubtError);
      await expect(pool.use(never, 100, ['a'])).rejects.toThrow(HerdDoubtError);
      await expect(pool.use(never, 100, ['a'], 'write')).rejects.toThrow(HerdDoubtError);
      expect(pool.health).toEqual({ state: 'up', failures: 0 });
      expect(await pool.use(() => Promise.resolve('deleted'), 100, ['a'], 'delete')).toBe('deleted');
      await until(() => deleted.length === 2);
      for (const effect of ['read', 'write'] as const)
        expect(await pool.use(() => Promise.resolve(effect), 100, ['a'], effect)).toBe(effect);
      expect(deleted).toEqual([['a'], ['a']]);
    });
  });

  it.each([
    ['count', 'count'],
    [`${'k'.repeat(39)}\u{1f642} of many bytes`, 'k'.repeat(39)],
  ])('probes whether the node accepts writes, after one that it refused: %s', async (key, beginning) => {
    let isReplica = true;
    let pings = 0;
    const probed: string[] = [];
    const refused = new HerdRefusedError({ what: 'READONLY', remedy: 'none' });
    const pool = open(
      node,
      {
        ...driverOf(() => (pings++, Promise.resolve())),
        classify: () => 'refusal',
        invalidate: (_client, keys) => {
          probed.push(...keys);
          return isReplica ? Promise.reject(new Error('still READONLY')) : Promise.resolve();
        },
      },
      options,
      () => 1000,
      () => undefined,
    );
    await expect(pool.use(() => Promise.reject(refused), 100, [key])).rejects.toThrow('READONLY');
    expect(pool.health).toMatchObject({ state: 'down', reason: expect.stringContaining('READONLY') as string });
    await until(() => pings >= 3);
    expect(pool.health).toMatchObject({ state: 'down', reason: 'still READONLY' });
    isReplica = false;
    await until(() => pool.health.state === 'up');
    expect(new Set(probed)).toEqual(new Set([`${beginning}:rookery-write-probe`]));
  });

  it('is shown as refusing while the node has no memory, and used', async () => {
    const full = new HerdOverloadError({ what: 'OOM', remedy: 'none' });
    const pool = open(
      node,
      { ...driverOf(() => Promise.resolve()), classify: () => 'overload' },
      options,
      () => 1000,
      () => undefined,
    );
    await expect(pool.use(() => Promise.reject(full), 100, ['k'], 'write')).rejects.toThrow('OOM');
    expect(await pool.use(() => Promise.resolve('value'), 100, ['k'], 'read')).toBe('value');
    expect(await pool.use(() => Promise.resolve('stored'), 100, ['k'], 'write')).toBe('stored');
    expect(pool.health).toMatchObject({ state: 'refusing', reason: expect.stringContaining('OOM') as string });
  });

  it('accepts an answer that arrived while this process was too busy to read it', async () => {
    const { pool } = scripted();
    const answer = pool.use(() => stat('.').then(() => 'in time'), 10);
    busy(200);
    expect(await answer).toBe('in time');
  });

  it('queues above its limit, refuses above its queue, and runs on in order', async () => {
    const { pool } = scripted();
    const order: number[] = [];
    const releases: (() => void)[] = [];
    const work = (id: number) =>
      pool.use(() => new Promise<void>((resolve) => (order.push(id), releases.push(resolve))), 5000);
    const all = [work(1), work(2), work(3)];
    expect(pool.stats).toMatchObject({ inFlight: 2, queued: 1 });
    await expect(work(4)).rejects.toThrow(HerdOverloadError);
    releases[0]!();
    await all[0];
    expect(order).toEqual([1, 2, 3]);
    releases.forEach((release) => release());
    await Promise.all(all);
    expect(pool.health).toEqual({ state: 'up', failures: 0 });
  });

  it('does not blame the node for time spent in the queue', async () => {
    const { asked, pool } = scripted();
    const releases: (() => void)[] = [];
    const blocked = [1, 2].map(() => pool.use(() => new Promise<void>((resolve) => releases.push(resolve)), 60_000));
    await expect(pool.use(never, 10)).rejects.toThrow(HerdOverloadError);
    expect(asked.abandoned).toBe(0);
    expect(pool.health).toEqual({ state: 'up', failures: 0 });
    releases.forEach((release) => release());
    await Promise.all(blocked);
  });

  it('blames the node neither for what fails as its connection is given up on for such an operation', async () => {
    let abandon = (): void => undefined;
    const driver = { ...driverOf(() => Promise.resolve()), abandon: () => abandon() };
    const pool = open(
      node,
      driver,
      { ...options, ejectAfter: 1, maxInFlight: 3 },
      () => 1000,
      () => undefined,
    );
    const cut = () => new Promise<never>((_, reject) => (abandon = () => reject(lost())));
    const other = pool.use(cut, 5000, [], 'read').catch((error: unknown) => error);
    await expect(pool.use(never, 4, [], 'read', 100)).rejects.toThrow(HerdTimeoutError);
    expect(await other).toBeInstanceOf(HerdNodeError);
    expect(pool.health.state).toBe('up');
    await expect(pool.use(() => Promise.reject(lost()), 100, [], 'read')).rejects.toThrow('lost');
    expect(pool.health.state).toBe('down');
  });

  it('does not blame the node for an operation that came with little of its deadline left', async () => {
    const { pool } = scripted();
    for (let i = 0; i < 3; i++) {
      const error: unknown = await pool.use(never, 4.4, [], 'read', 100).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'HERD_TIMEOUT', message: expect.stringContaining(' 4 ms') as string });
    }
    expect(pool.health).toEqual({ state: 'up', failures: 0 });
  });

  it('marks the node down after failures in a row, refuses at once, and uses it again after a probe', async () => {
    let well = false;
    const { asked, pool } = scripted(() => (well ? Promise.resolve() : Promise.reject(lost())));
    for (let i = 0; i < 3; i++) await expect(pool.use(() => Promise.reject(lost()), 100)).rejects.toThrow('lost');
    await expect(pool.use(never, 100)).rejects.toThrow(HerdNodeDownError);
    await until(() => asked.pings >= 2);
    expect(pool.health).toMatchObject({
      state: 'down',
      since: 1000,
      reason: expect.stringContaining('lost') as string,
    });
    well = true;
    await until(() => pool.health.state === 'up');
    expect(asked.health).toBe(2);
    expect(await pool.use(() => Promise.resolve('ok'), 100)).toBe('ok');
  });

  it('reports why a node is down in one sentence, with the remedy of what happened last', async () => {
    let failing = new HerdNodeError({
      what: 'Node n cannot be reached (connect ECONNREFUSED)',
      remedy: 'see that it runs at n:1',
    });
    const { pool } = scripted(() => Promise.reject(failing));
    await pool.healthCheck();
    const message = 'Node n is down, as it cannot be reached (connect ECONNREFUSED): see that it runs at n:1';
    const error: unknown = await pool.use(never, 100).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HerdNodeDownError);
    expect(error).toMatchObject({ message, remedy: 'see that it runs at n:1', cause: failing });
    expect(pool.health).toMatchObject({ reason: failing.message });
    failing = new HerdRefusedError({ what: 'The server is no primary', remedy: 'wait' });
    await until(() => pool.health.state === 'down' && pool.health.reason === failing.message);
    await expect(pool.use(never, 100)).rejects.toThrow(/^Node n is down \(The server is no primary\): wait$/);
  });

  it('points to the cause where a node is down by what is no error of a herd', async () => {
    const { pool } = scripted(() => Promise.reject(new Error('broken')));
    await pool.healthCheck();
    const message = 'Node n is down (broken): see that n:1 is up and not overloaded';
    await expect(pool.use(never, 100)).rejects.toMatchObject({ message });
  });

  it('goes on probing a node that never answers a probe', async () => {
    const { asked, pool } = scripted(never);
    await pool.healthCheck();
    expect(pool.health.state).toBe('down');
    await until(() => asked.pings >= 4);
    await pool.drain(10);
  });

  it('counts a lost connection once, however many operations it fails', async () => {
    const { pool } = scripted();
    const error = lost();
    await Promise.allSettled([
      pool.use(() => Promise.reject(error), 100),
      pool.use(() => Promise.reject(error), 100),
      pool.use(() => Promise.reject(error), 100),
    ]);
    expect(pool.health).toEqual({ state: 'up', failures: 1 });
  });

  it('does not count what is the fault of the request', async () => {
    const { pool } = scripted();
    for (let i = 0; i < 5; i++)
      await expect(
        pool.use(() => Promise.reject(new HerdRequestError({ what: 'bad', remedy: 'none' })), 100),
      ).rejects.toThrow('bad');
    expect(pool.health).toEqual({ state: 'up', failures: 0 });
  });

  it('treats an operation that throws at once like one that rejects', async () => {
    const { pool } = scripted();
    const thrower = () => {
      throw lost();
    };
    await expect(pool.use(thrower, 100)).rejects.toThrow('lost');
    expect(pool.stats.inFlight).toBe(0);
  });

  it('drains: accepts no more, waits for what is in flight, then closes', async () => {
    const { asked, pool } = scripted();
    let release!: (result: string) => void;
    const work = pool.use(() => new Promise<string>((resolve) => (release = resolve)), 5000);
    const drained = pool.drain(5000);
    await expect(pool.use(never, 10)).rejects.toThrow('has left the herd');
    expect(asked.closed).toBe(0);
    release('done');
    expect(await work).toBe('done');
    await drained;
    expect(asked.closed).toBe(1);
  });

  it('drains no longer than its deadline', async () => {
    const { asked, pool } = scripted();
    const work = pool.use(never, 50).catch(() => undefined);
    await pool.drain(10);
    expect(asked.closed).toBe(1);
    await work;
  });

  describe('an operation that gives no promise, but calls one listener', () => {
    const pending = () => {
      const heard: PendingListener<string>[] = [];
      const operation = (): Pending<string> => ({ listen: (listener) => void heard.push(listener) });
      return { heard, operation };
    };

    it('ends as it calls, and lets the next one begin at that moment', async () => {
      const { pool } = scripted();
      const { heard, operation } = pending();
      const all = [1, 2, 3].map(() => pool.use(operation, 5000));
      expect(heard).toHaveLength(2);
      heard[0]!.done('first');
      expect(heard).toHaveLength(3);
      heard[1]!.failed(lost());
      heard[2]!.done('third');
      expect(await Promise.allSettled(all)).toMatchObject([
        { status: 'fulfilled', value: 'first' },
        { status: 'rejected', reason: { message: expect.stringContaining('lost') as string } },
        { status: 'fulfilled', value: 'third' },
      ]);
      expect(pool.stats).toMatchObject({ inFlight: 0, queued: 0, operations: 3, failures: 1 });
    });

    it('is given up at its deadline, and not called back after it', async () => {
      const { pool } = scripted();
      const { heard, operation } = pending();
      await expect(pool.use(operation, 10)).rejects.toThrow(HerdTimeoutError);
      heard[0]!.done('late');
      expect(pool.stats).toMatchObject({ inFlight: 0, timeouts: 1 });
    });

    it('waits for what is in doubt first', async () => {
      const deleted: string[] = [];
      const driver = {
        ...driverOf(() => Promise.resolve()),
        invalidate: (_client: object, keys: readonly string[]) => Promise.resolve(void deleted.push(...keys)),
      };
      const pool = open(node, driver, options, Date.now, () => undefined);
      pool.doubt(['k'], false);
      const operation = (): Pending<string> => ({
        listen: (listener) => queueMicrotask(() => listener.done(deleted.join())),
      });
      expect(await pool.use(operation, 1000, ['k'], 'read')).toBe('k');
    });
  });

  it('ends a long row of operations that throw at once', async () => {
    const wide = { ...options, maxInFlight: 1, maxQueue: 5000 };
    const pool = open(
      node,
      driverOf(() => Promise.resolve()),
      wide,
      Date.now,
      () => undefined,
    );
    const thrower = (): never => {
      throw new HerdRequestError({ what: 'bad', remedy: 'none' });
    };
    const ended = await Promise.allSettled(Array.from({ length: 5000 }, () => pool.use(thrower, 60_000)));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(pool.stats).toMatchObject({ inFlight: 0, queued: 0 });
  });
});
