import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import type { Invalidation, InvalidationBus } from '../contracts/invalidation-bus.js';
import { ContractViolation, expectContract } from './contract-check.js';
import type { ContractCheck } from './contract-check.js';
import { aFunction, checkHarness, checkMade } from './harness-checks.js';

/**
 * A bus under test: `make` gives the end of one process, each connected to all others. `interrupt`, where messages can be lost,
 * cuts all connections of those made so far; they come back by themselves.
 */
export interface InvalidationBusHarness {
  make: () => InvalidationBus;
  interrupt?: () => Promise<void>;
}

const patienceMs = 10_000;

/**
 * What every {@link InvalidationBus} promises, as checks for any test runner.
 *
 * @throws HerdOptionError for a harness that is none; a check rejects with it for a `make()` that is none.
 * @example for (const { name, run } of invalidationBusContract({ make: () => redisBus(client) })) it(name, run, 30_000);
 */
export function invalidationBusContract(harness: InvalidationBusHarness): readonly ContractCheck[] {
  checkHarness(harness, { make: 'the end of a bus in one process' }, { interrupt: aFunction });
  const checkedHarness: InvalidationBusHarness = {
    make: () => checkMade(harness.make(), 'bus', 'subscribe'),
    ...(harness.interrupt && { interrupt: () => harness.interrupt!() }),
  };
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const ends: (() => void)[] = [];
      try {
        await check(checkedHarness, (bus) => listening(bus, ends));
      } finally {
        for (const end of ends) end();
      }
    },
  }));
}

type Ear = { readonly heard: Invalidation[]; gaps: number; end: () => void };
type Check = (harness: InvalidationBusHarness, listen: (bus: InvalidationBus) => Ear) => Promise<void>;

function listening(bus: InvalidationBus, ends: (() => void)[]): Ear {
  const ear: Ear = { heard: [], gaps: 0, end: () => undefined };
  ear.end = bus.subscribe({ onInvalidation: (one) => void ear.heard.push(one), onGap: () => void ear.gaps++ });
  ends.push(() => ear.end());
  return ear;
}

const some = (change: Invalidation['change']): Invalidation => ({
  origin: randomBytes(6).toString('hex'),
  herd: 'cache',
  namespace: 'users',
  change,
});

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !(await condition()); await pause(20))
    if (Date.now() - start > patienceMs) throw new ContractViolation(`waited ${patienceMs} ms in vain until ${what}`);
}

/** Publishes until each subscription has received something: then all are in place. */
async function connected(bus: InvalidationBus, ears: readonly Ear[]): Promise<void> {
  await until('a message is delivered to every subscriber', async () => {
    await bus.publish(some({ kind: 'all' })).catch(() => undefined);
    await pause(10);
    return ears.every(({ heard }) => heard.length > 0);
  });
}

const changes: readonly Invalidation['change'][] = [
  { kind: 'all' },
  { kind: 'keys', keys: ['a', '', 'with spaces\r\n', 'é漢🙂', '\0'] },
  { kind: 'keys', keys: Array.from({ length: 2000 }, (_, i) => `key-${i}`) },
  { kind: 'tags', tags: ['user:7', '{"a":1}'] },
];

const checks: Record<string, Check> = {
  'delivers to every other process what was published, as it was': async ({ make }, listen) => {
    const [publisher, ...others] = [make(), make(), make()];
    const ears = others.map(listen);
    await connected(publisher, ears);
    for (const change of changes) {
      const sent = some(change);
      await publisher.publish(sent);
      for (const { heard } of ears)
        await until(`${change.kind} is delivered`, () => heard.some((one) => isDeepStrictEqual(one, sent)));
    }
  },

  'delivers among processes in each direction': async ({ make }, listen) => {
    const buses = [make(), make()];
    const ears = buses.map(listen);
    for (const bus of buses) await connected(bus, ears);
    for (const bus of buses) {
      const sent = some({ kind: 'keys', keys: ['k'] });
      await bus.publish(sent);
      const others = ears.filter((_, i) => buses[i] !== bus);
      for (const { heard } of others)
        await until('it is delivered', () => heard.some(({ origin }) => origin === sent.origin));
    }
  },

  'serves two subscribers of one process, and ends each alone': async ({ make }, listen) => {
    const [publisher, bus] = [make(), make()];
    const [one, two] = [listen(bus), listen(bus)];
    await connected(publisher, [one, two]);
    one.end();
    await pause(50);
    const before = one.heard.length;
    const sent = some({ kind: 'all' });
    await publisher.publish(sent);
    await until('the other is notified', () => two.heard.some(({ origin }) => origin === sent.origin));
    expectContract(one.heard.length === before, 'a subscription that has ended is notified of nothing more');
  },

  'reports a gap when messages may be lost, and delivers again': async ({ make, interrupt }, listen) => {
    if (!interrupt) return;
    const [publisher, bus] = [make(), make()];
    const ear = listen(bus);
    await connected(publisher, [ear]);
    const before = ear.gaps;
    await interrupt();
    await until('the gap is reported', () => ear.gaps > before);
    ear.heard.length = 0;
    await connected(publisher, [ear]);
  },
};
