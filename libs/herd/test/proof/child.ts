/** One process of the proof: it writes its own keys, counting up, and reads all keys, as fast as answers come. */
import { setTimeout as pause } from 'node:timers/promises';

import { callbackNodes, startHerd } from '@rookery/herd';
import type { Herd } from '@rookery/herd';
import { memcached } from '@rookery/herd/memcached';
import type { MemcachedCommands } from '@rookery/herd/memcached';
import { metaMemcached } from '@rookery/herd/meta-memcached';
import { redis, redisBus } from '@rookery/herd/redis';
import { Redis } from 'ioredis';

import type { Order, Read, Setting, Write } from './messages.js';
import { impatient, subjectOf } from './subjects.js';

const setting = JSON.parse(process.argv[2]!) as Setting;
const { driver, policy, index, processes, keys, lateWritesMs, failoverTtlMs } = setting;
let list: Readonly<{ nodes: readonly string[]; version: number }> = { nodes: setting.addresses, version: 1 };

const busClient = setting.bus && new Redis({ ...setting.bus, ...impatient, retryStrategy: () => 50 });
busClient?.on('error', () => undefined);
const herd: Herd<MemcachedCommands> = await startHerd({
  discovery: callbackNodes(() => list),
  driver: { memcached, metaMemcached, redis }[driver]({ defaultTtl: '10m' }),
  ...(busClient && { bus: redisBus(busClient) }),
  onNodeDown: policy,
  refresh: '1h',
  timeoutMs: 250,
  maxProbeMs: 300,
  lateWritesMs,
  failoverTtl: failoverTtlMs,
  warmUpFor: '1m',
});
const subject = subjectOf(herd, setting);

const now = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
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
    await pause(Math.random() * 20);
  }
});
const readers = Array.from({ length: 2 }, async () => {
  while (running) {
    const from = Math.floor(Math.random() * keys);
    await read(names.slice(from, from + 10));
    await pause(5);
  }
});

const report = (): void => void process.send!({ writes: writes.splice(0), reads: reads.splice(0) });
async function obey(order: Order): Promise<void> {
  if (order.kind === 'nodes') {
    list = { nodes: order.addresses, version: order.version };
    await herd.refresh();
    return report();
  }
  if (order.kind === 'stop') {
    running = false;
    await Promise.all([...writers, ...readers]);
    return report();
  }
  await read(names);
  report();
}
process.on('message', (order: Order) => void obey(order));
process.on('disconnect', () => process.exit());
process.send!('ready');
