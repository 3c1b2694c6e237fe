import type { IndexDefinition } from '../mapping/index-definition.js';
import type { Outbox } from './outbox.js';
import { Relay, RELAY_DEFAULTS, type RelayParts } from './relay.js';

const definition = {
  alias: 'books',
  model: {
    identity: {
      property: 'id',
      parts: [
        { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
      ],
      prefix: '',
      suffix: '',
    },
  },
};
const FOR_EVER_MS = 3_600_000;

/** Counts looks for rows; each waits for `gate` before it answers that there are none. */
function looks() {
  let count = 0;
  const waiting: { upTo: number; resolve: () => void }[] = [];
  let gate: Promise<unknown> = Promise.resolve();
  const outbox: Outbox = {
    claim: async () => {
      count += 1;
      for (const { upTo, resolve } of waiting) if (count >= upTo) resolve();
      await gate;
      return 0;
    },
  };
  const parts = {
    definitions: [definition as unknown as IndexDefinition],
    outbox,
    publisher: undefined,
    reader: undefined,
    report: () => undefined,
  } as unknown as RelayParts;
  return {
    relay: new Relay(parts, { ...RELAY_DEFAULTS, pollMs: FOR_EVER_MS }),
    count: () => count,
    hold: () => {
      let release!: () => void;
      gate = new Promise<void>((resolve) => (release = resolve));
      return release;
    },
    until: (upTo: number) =>
      new Promise<void>((resolve) => (count >= upTo ? resolve() : waiting.push({ upTo, resolve }))),
  };
}

describe('the life of a relay', () => {
  it('starts again after it was stopped', async () => {
    const { relay, until, count } = looks();
    relay.start();
    await until(1);
    await relay.stop(0);
    relay.wake();
    await new Promise(setImmediate);
    expect(count()).toBe(1);
    relay.start();
    await until(2);
    relay.wake();
    await until(3);
    await relay.stop(0);
  });

  it('starts again after a stop that is under way, one run at a time', async () => {
    const { relay, until, count, hold } = looks();
    const release = hold();
    relay.start();
    await until(1);
    const stopped = relay.stop(FOR_EVER_MS);
    relay.start();
    await new Promise(setImmediate);
    expect(count()).toBe(1);
    release();
    await stopped;
    await until(2);
    await relay.stop(0);
    await new Promise(setImmediate);
    expect(count()).toBe(2);
  });

  it('runs once, however often it is started, and stops however often it is stopped', async () => {
    const { relay, until, count } = looks();
    await relay.stop(0);
    relay.start();
    relay.start();
    await until(1);
    await Promise.all([relay.stop(FOR_EVER_MS), relay.stop(0)]);
    await relay.stop(0);
    expect(count()).toBe(1);
  });

  it('looks at once when something is committed while it looks', async () => {
    const { relay, until, hold } = looks();
    const release = hold();
    relay.start();
    await until(1);
    relay.wake();
    release();
    await until(2);
    await relay.stop(0);
  });

  it('ends the wait for a database that is away at once', async () => {
    const { relay } = looks();
    const failing: Outbox = { claim: () => Promise.reject(new Error('away')) };
    const away = new Relay({ ...relay['parts'], outbox: failing }, { ...RELAY_DEFAULTS, random: () => 1 });
    away.start();
    while (!away.lastError) await new Promise(setImmediate);
    await away.stop(FOR_EVER_MS);
  });
});
