import { setImmediate as turn } from 'node:timers/promises';

import { inProcessBus } from '@rookery/herd';
import fc from 'fast-check';

import { until } from './poll.js';
import { modelledNamespace, View } from './cache-model.js';
import type { Kept, Step } from './cache-model.js';

const ttl = { ttl: '1m' } as const;
const writes = ['set', 'delete', 'deleteTags', 'clear'] as const;
type Space = ReturnType<typeof modelledNamespace>;

type Read = 'get' | 'getOrSet' | 'getOrSetMany';

/** Each step in an order by chance, and a turn of the event loop of its own, as what comes from a network. */
const stepsOf =
  (s: fc.Scheduler): Step =>
  async (what) => {
    await s.schedule(Promise.resolve(), what);
    await turn();
  };

const atOnce: Step = () => turn();

/** The database, and a counter that was surely written before a read began is the least that the read may find. */
class Truth {
  source = 0;
  written = 0;
  /** The last that was written by anything but `clear()`. */
  named = 0;

  async write(space: Space, kind: (typeof writes)[number]): Promise<void> {
    const count = ++this.source;
    if (kind === 'set') await space.set('k', { count }, { ...ttl, tags: ['t'] });
    else if (kind === 'delete') await space.delete('k');
    else if (kind === 'deleteTags') await space.deleteTags(['t']);
    else await space.clear();
    this.written = count;
    if (kind !== 'clear') this.named = count;
  }

  /** @returns by how much the answer was too old. */
  async read(space: Space, kind: Read, step: Step, least = this.written): Promise<number> {
    const load = async (): Promise<{ count: number }> => {
      const { source: count } = this;
      await step('load');
      return { count };
    };
    const options = { tags: ['t'] };
    let found: { count: number } | undefined;
    if (kind === 'get') found = await space.get('k');
    else if (kind === 'getOrSet') found = await space.getOrSet('k', '1m', load, options);
    else
      found = (await space.getOrSetMany('k'.split(''), '1m', async () => new Map([['k', await load()]]), options)).get(
        'k',
      );
    return found === undefined ? 0 : Math.max(0, least - found.count);
  }
}

const reads = fc.array(fc.constantFrom('get' as const, 'getOrSet' as const, 'getOrSetMany' as const), { maxLength: 3 });

describe('whatever the order in which requests and answers arrive', () => {
  it.each([true, false])(
    'a cache gives nothing older than what was written before; with memory: %p',
    async (memory) => {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.array(fc.constantFrom(...writes), { minLength: 1, maxLength: 3 }),
          fc.array(reads, { minLength: 2, maxLength: 3 }),
          async (s, changes, lanes) => {
            const step = stepsOf(s);
            const node: Kept = new Map();
            const bus = inProcessBus();
            const open = () => modelledNamespace(new View(node), 'miss', step, memory ? { memory: {} } : {}, { bus });
            const [writer, ...others] = [open(), ...lanes.map(open)];
            const truth = new Truth();
            const old: number[] = [];
            const write = async (): Promise<void> => {
              for (const kind of changes) {
                await truth.write(writer, kind);
                old.push(await truth.read(writer, 'getOrSet', step));
              }
            };
            const read = async (space: Space, kinds: readonly Read[]): Promise<void> => {
              for (const kind of kinds) old.push(await truth.read(space, kind, step));
            };
            await s.waitFor(Promise.all([write(), ...others.map((space, i) => read(space, lanes[i]!))]));
            // And what stays.
            const rest = [writer, ...others].map((space) => truth.read(space, 'get', step));
            old.push(...(await s.waitFor(Promise.all(rest))));
            expect(old.filter((by) => by > 0)).toEqual([]);
          },
        ),
        { numRuns: 300 },
      );
    },
    60_000,
  );

  it.each([true, false])(
    'nothing is read that was on its way to the node when its key was deleted; memory: %p',
    async (memory) => {
      const node: Kept = new Map();
      const bus = inProcessBus();
      const open = (step: Step) =>
        modelledNamespace(new View(node), 'miss', step, memory ? { memory: {} } : {}, { bus });
      const held = new Map<string, () => void>();
      const loader = open((what) =>
        /(set|cas) n:.*:k$/.test(what) ? new Promise((resolve) => held.set(what.split(' ')[0]!, resolve)) : turn(),
      );
      const [writer, reader] = [1, 2].map(() => open(atOnce));
      const loading = loader.getOrSet('k', '1m', () => 'old');
      await until('it is on its way', () => held.has('set') || held.has('cas'));
      await writer!.delete('k');
      held.forEach((go) => go());
      await until('it has arrived', () => held.has('answer'));
      for (const space of [writer!, reader!]) expect(await space.get('k')).toBeUndefined();
      held.get('answer')!();
      expect(await loading).toBe('old');
      for (const space of [writer!, reader!, loader]) expect(await space.get('k')).toBeUndefined();
    },
  );

  const found = async (space: Space, load: () => string) => space.getOrSet('k', 100, load);
  const foundAmongMany = async (space: Space, load: () => string) =>
    (await space.getOrSetMany(['k'], 100, () => new Map([['k', load()]]))).get('k');
  it.each([
    ['getOrSet of what is missing', {}, found, 'new'],
    ['getOrSet with staleIfError', { staleIfError: '1h' }, found, 'new'],
    ['getOrSet with staleWhileRevalidate', { staleWhileRevalidate: '1h' }, found, 'old'],
    ['getOrSetMany with staleWhileRevalidate', { staleWhileRevalidate: '1h' }, foundAmongMany, 'old'],
  ] as const)('%s does not load what another process has made since its look', async (_name, options, find, given) => {
    const node: Kept = new Map();
    let moment = 0;
    let go: (() => void) | undefined;
    const now = () => moment;
    const hold: Step = (what) =>
      go === undefined && /^add (n:.*:k|lease-)/.test(what) ? new Promise((resolve) => (go = resolve)) : turn();
    const slow = modelledNamespace(new View(node), 'miss', hold, options, { now });
    const quick = modelledNamespace(new View(node), 'miss', atOnce, options, { now });
    if (Object.keys(options).length > 0) {
      await quick.getOrSet('k', 100, () => 'old');
      moment = 150;
    }
    let loads = 0;
    const finding = find(slow, () => `load ${++loads}`);
    await until('it is about to have the lease', () => go !== undefined);
    await quick.getOrSet('k', 100, () => 'new');
    await until('it is made', async () => (await quick.get('k')) === 'new');
    go!();
    expect(await finding).toBe(given);
    for (let i = 0; i < 100; i++) await turn();
    expect([loads, await slow.get('k')]).toEqual([0, 'new']);
    moment += 150;
    expect(await quick.getOrSet('k', 100, () => 'next', { staleWhileRevalidate: '1ms' })).toBe('next');
  });

  it('a change that could be carried out nowhere, as the prefix was not known, is made up for', async () => {
    let isAway = false;
    const view = new View(new Map(), undefined, () => isAway);
    const space = modelledNamespace(view, 'miss', atOnce, {});
    for (const change of [() => space.delete('k'), () => space.deleteTags(['t']), () => space.set('k', 'new', ttl)]) {
      expect(await space.set('k', 'old', { ...ttl, tags: ['t'] })).toBe(true);
      isAway = true;
      expect(await change()).toBe(false);
      isAway = false;
      expect(await space.get('k')).toBeUndefined();
    }
  });

  it('a key that was deleted under one prefix is not read under another that other nodes had meanwhile', async () => {
    const [former, owner] = [new Map() as Kept, new Map() as Kept];
    const view = new View(former);
    const late = modelledNamespace(view, 'miss', atOnce, {}, { route: () => (view.owner === former ? 0 : 1) });
    const early = modelledNamespace(new View(owner), 'miss', atOnce, {}, { route: () => 1 });
    await late.getOrSet('k', '1m', () => 'old');
    expect(await early.getOrSet('k', '1m', () => 'old', { tags: ['t'] })).toBe('old');
    await late.delete('k');
    view.owner = owner;
    expect(await late.get('k')).toBeUndefined();
    expect(await early.get('k')).toBeUndefined();
    await late.set('k', 'set since', ttl);
    await early.clear();
    await early.set('k', 'set after a clear', ttl);
    expect(await late.get('k')).toBe('set after a clear');
  });

  it('a process reads nothing older than its own writes, while nodes that stand in answer some of the requests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
        fc.array(fc.constantFrom(...writes), { minLength: 1, maxLength: 3 }),
        fc.array(reads, { minLength: 2, maxLength: 3 }),
        async (s, chance, changes, lanes) => {
          const step = stepsOf(s);
          const [node, standIn] = [new Map() as Kept, new Map() as Kept];
          const isAway = (): boolean => chance.next().value === 0;
          const views = [0, ...lanes].map(() => new View(node, standIn, isAway));
          const [writer, ...others] = views.map((view) => modelledNamespace(view, 'next', step, {}));
          const truth = new Truth();
          const old: number[] = [];
          const write = async (): Promise<void> => {
            for (const kind of changes) {
              await truth.write(writer!, kind);
              // A prefix that another began on a node that stands in is there for as long as that node's values.
              for (const read of ['getOrSet', 'get'] as const)
                old.push(await truth.read(writer!, read, step, truth.named));
            }
          };
          const read = async (space: Space, kinds: readonly Read[]): Promise<void> => {
            for (const kind of kinds) await truth.read(space, kind, step);
          };
          await s.waitFor(Promise.all([write(), ...others.map((space, i) => read(space, lanes[i]!))]));
          expect(old.filter((by) => by > 0)).toEqual([]);
          // All is well again: what was stored without a lease has ended, and the writer has seen to what its writes missed.
          for (const view of views) view.isAway = () => false;
          for (const view of views) view.recover();
          standIn.clear();
          for (const [key, { json }] of node) if (json.includes('unleased')) node.delete(key);
          for (const space of [writer!, ...others, modelledNamespace(new View(node), 'miss', step, {})])
            expect(await s.waitFor(truth.read(space, 'get', step))).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);
});
