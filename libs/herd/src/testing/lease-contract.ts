import type { LeaseCommands } from '../contracts/lease-commands.js';
import { expectContract, same } from './contract-check.js';
import type { DriverBench } from './driver-bench.js';

const minute = { ttl: '1m' } as const;
const lease = { leaseTtl: '30s' } as const;

/** What the lease commands of a driver promise; a driver without them promises nothing of it. */
export const leaseChecks: Readonly<Record<string, (bench: DriverBench) => Promise<void>>> = {
  'gives the lease of a missing value to one of many readers, with the miss itself': (bench) =>
    withLeases(bench, async (commands, key) => {
      const found = await Promise.all(Array.from({ length: 20 }, () => commands.getLeased(key, lease)));
      same(
        found.map(({ state }) => state),
        found.map(() => 'missing'),
        'getLeased of nothing',
      );
      same(found.filter((leased) => leased.lease !== undefined).length, 1, 'leases among 20 readers');
      same(found.filter((leased) => leased.held).length, 19, 'readers who learn that another has it');
      same(await bench.commands.get(key), undefined, 'get of what is only reserved');
      same(await bench.commands.getMany([key]), new Map(), 'getMany of what is only reserved');
      const token = found.find((leased) => leased.lease !== undefined)!.lease!;
      same(await commands.setLeased(key, 'made', token, minute), true, 'setLeased by the holder');
      same(await commands.getLeased(key, lease), { state: 'fresh', value: 'made' }, 'getLeased of what was made');
    }),

  'stores by a lease only what nobody has changed': (bench) =>
    withLeases(bench, async (commands, key) => {
      const deleted = (await commands.getLeased(key, lease)).lease!;
      await bench.commands.delete(key);
      same(await commands.setLeased(key, 'old', deleted, minute), false, 'setLeased after delete');
      const written = (await commands.getLeased(key, lease)).lease!;
      await bench.commands.set(key, 'new', minute);
      same(await commands.setLeased(key, 'old', written, minute), false, 'setLeased after set');
      same(await bench.commands.get(key), 'new', 'what another has set');
      same(await bench.failure(commands.setLeased(key, 1, 'no token', minute)), 'request', 'a lease that is none');
    }),

  'gives a lease that was given back to the next reader, and deletes no value': (bench) =>
    withLeases(bench, async (commands, key) => {
      const first = (await commands.getLeased(key, lease)).lease!;
      same((await commands.getLeased(key, lease)).held, true, 'a reader beside the holder');
      same(await commands.releaseLease(key, first), true, 'releaseLease');
      same(await commands.releaseLease(key, first), false, 'releaseLease, twice');
      const second = (await commands.getLeased(key, lease)).lease;
      expectContract(second !== undefined, 'the reader after releaseLease must have the lease');
      await bench.commands.set(key, 'set', minute);
      same(await commands.releaseLease(key, second), false, 'releaseLease after a set');
      same(await bench.commands.get(key), 'set', 'what was set before the lease was given back');
    }),

  'gives the lease of a value back, and keeps the value as it was': (bench) =>
    withLeases(bench, async (commands, key) => {
      const early = { ...lease, refreshBefore: '10m' } as const;
      await bench.commands.set(key, 'fresh', minute);
      const [fresh, held] = [await commands.getLeased(key, early), await commands.getLeased(key, early)];
      expectContract(fresh.lease !== undefined, 'what ends before refreshBefore must have a lease');
      same(held, { state: 'fresh', value: 'fresh', held: true }, 'a reader beside the holder');
      same(await commands.releaseLease(key, fresh.lease), true, 'releaseLease of what is fresh');
      same(await bench.commands.get(key), 'fresh', 'get of what is fresh, after releaseLease');
      same(await commands.setLeased(key, 'late', fresh.lease, minute), false, 'setLeased after releaseLease');
      same(await commands.releaseLease(key, fresh.lease), false, 'releaseLease of what is fresh, twice');
      const next = await commands.getLeased(key, early);
      same({ ...next, lease: '' }, { state: 'fresh', value: 'fresh', lease: '' }, 'the reader after releaseLease');

      await commands.markStale(key, minute);
      same(await commands.releaseLease(key, next.lease ?? ''), false, 'releaseLease after markStale');
      const stale = (await commands.getLeased(key, lease)).lease;
      expectContract(stale !== undefined, 'the first reader of what is stale must have the lease');
      same(await commands.releaseLease(key, stale), true, 'releaseLease of what is stale');
      const after = await commands.getLeased(key, lease);
      same({ ...after, lease: '' }, { state: 'stale', value: 'fresh', lease: '' }, 'what is stale, after releaseLease');
      await bench.commands.delete(key);
      same(await commands.releaseLease(key, after.lease ?? ''), false, 'releaseLease after delete');
    }),

  'serves a value that was marked stale, while one reader has the lease': (bench) =>
    withLeases(bench, async (commands, key) => {
      same(await commands.markStale(key, minute), false, 'markStale of nothing');
      await bench.commands.set(key, 'old', minute);
      same(await commands.markStale(key, minute), true, 'markStale');
      const found = await Promise.all(Array.from({ length: 5 }, () => commands.getLeased<string>(key, lease)));
      same(
        found.map((leased) => [leased.state, 'value' in leased && leased.value]),
        found.map(() => ['stale', 'old']),
        'getLeased of what is stale',
      );
      same(found.filter((leased) => leased.lease !== undefined).length, 1, 'leases among 5 readers');
    }),

  'refuses a lease without a life, and unknown options': (bench) =>
    withLeases(bench, async (commands, key) => {
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        'getLeased without leaseTtl': () => commands.getLeased(key, {} as never),
        'getLeased with an unknown option': () => commands.getLeased(key, { ...lease, ttl: 1 } as never),
        'setLeased without a ttl': async () =>
          commands.setLeased(key, 1, (await commands.getLeased(key, lease)).lease ?? ''),
        'markStale without a ttl': () => commands.markStale(key),
        'releaseLease of none': () => commands.releaseLease(key, 'no token'),
      };
      for (const [name, call] of Object.entries(calls)) same(await bench.failure(call()), 'request', name);
    }),
};

async function withLeases(
  { commands, key }: DriverBench,
  check: (commands: LeaseCommands, key: string) => Promise<void>,
): Promise<void> {
  const names = ['getLeased', 'setLeased', 'releaseLease', 'markStale'];
  const present = names.filter((name) => typeof (commands as unknown as Record<string, unknown>)[name] === 'function');
  if (present.length === 0) return;
  same(present, names, 'the lease commands, of which a driver has all or none');
  await check(commands as unknown as LeaseCommands, key('leased'));
}
