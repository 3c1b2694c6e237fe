import { setTimeout as pause } from 'node:timers/promises';

import { redisBus } from '@rookery/herd/redis';
import { Redis } from 'ioredis';

import type { Access, Read, Report, Setting, Write } from './messages.js';
import { openHerd } from './open-herd.js';
import { impatient, subjectOf } from './subjects.js';

/** Longer than a node that answers is left unused by any machine; then its values are judged all the same. */
const reachedWithinMs = 20_000;

/** On the clock that all processes share, in milliseconds. */
const now = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** What a process does in one round: it writes its own keys, counting up, and reads all keys. */
export async function startActor(setting: Setting) {
  const { index, processes, keys, addresses, access } = setting;
  const known = { nodes: addresses, version: 1, access };
  const busClient = setting.bus && new Redis({ ...setting.bus, ...impatient, retryStrategy: () => 50 });
  busClient?.on('error', () => undefined);
  const herd = await openHerd(setting, known, busClient && redisBus(busClient));
  const subject = subjectOf(herd, setting);
  const names = Array.from({ length: keys }, (_, i) => `key-${i}`);
  const written = new Map(names.filter((_, i) => i % processes === index).map((key) => [key, { done: 0, tried: 0 }]));
  const writes: Write[] = [];
  const reads: Read[] = [];
  let running = true;

  async function write(key: string): Promise<void> {
    const state = written.get(key)!;
    const count = state.tried + 1;
    const outcome = await subject.write(key, count).then(
      (done) => (done ? ('done' as const) : ('not done' as const)),
      () => 'thrown' as const,
    );
    state.tried = count;
    // A delete of what is not there answers false, and is done.
    if (outcome === 'done') state.done = count;
    writes.push({ key, count, outcome, completedAt: now() });
  }

  async function read(some: readonly string[]): Promise<void> {
    const startedAt = now();
    const before = new Map(some.map((key) => [key, written.get(key) && { ...written.get(key)! }]));
    const found = await subject.read(some).catch(() => new Map<string, number>());
    for (const key of some) {
      const own = before.get(key);
      reads.push({ key, count: found.get(key) ?? 0, startedAt, ...(own && { own }) });
    }
  }

  /** Each key has one writer, and that does one thing at a time. */
  const writers = [...written.keys()].map(async (key) => {
    while (running) {
      await write(key);
      await read([key]);
      await pause(Math.random() * setting.restMs);
    }
  });
  const readers = Array.from({ length: 2 }, async () => {
    while (running) {
      const from = Math.floor(Math.random() * keys);
      await read(names.slice(from, from + 10));
      await pause(setting.restMs / 2);
    }
  });
  /** What a process could not delete is promised to be gone once it has reached the node again: on a busy machine that takes long. */
  async function untilReached(): Promise<void> {
    const away = () => herd.snapshot().nodes.some(({ health }) => health.state === 'down');
    for (const end = now() + reachedWithinMs; away() && now() < end;) await pause(20);
  }
  const report = (): Report => ({ writes: writes.splice(0), reads: reads.splice(0) });

  return {
    async nodes(list: readonly string[], version: number): Promise<Report> {
      Object.assign(known, { nodes: list, version });
      await herd.refresh();
      return report();
    },
    access(next: Access): Report {
      known.access = next;
      return report();
    },
    async stop(): Promise<Report> {
      running = false;
      await Promise.all([...writers, ...readers]);
      await untilReached();
      return report();
    },
    async read(): Promise<Report> {
      await read(names);
      return report();
    },
    async end(): Promise<void> {
      running = false;
      await Promise.all([...writers, ...readers]);
      await herd.close();
      subject.close();
      busClient?.disconnect();
    },
  };
}
