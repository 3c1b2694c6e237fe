import type { WriteTarget } from '../../../src/indexing/index-targets.js';
import type { Claim } from '../../../src/sync/outbox.js';
import type { Ports } from './ports.js';
import type { Variant } from './simulation.js';

/** Does something of the batch's own just before or after the rows are claimed. */
function around(
  ports: Ports,
  hooks: { before?: () => Promise<void>; claimed?: (claim: Claim) => Claim },
): Ports['outbox'] {
  return {
    claim: async (aliases, limit, work) => {
      await hooks.before?.();
      return ports.outbox.claim(aliases, limit, (claim) => work(hooks.claimed?.(claim) ?? claim));
    },
  };
}

/** Shortcuts that lose data. */
export const BROKEN: readonly Variant[] = [
  {
    name: 'clock before claim',
    relay: (ports) => {
      let version = 0;
      return {
        ...ports,
        outbox: around(ports, { before: async () => void (version = await ports.clock.next()) }),
        clock: { next: () => Promise.resolve(version) },
      };
    },
  },
  {
    name: 'clock after read',
    relay: (ports) => ({
      ...ports,
      clock: { next: () => Promise.resolve(1) },
      bulk: async (operations) => {
        const version = await ports.clock.next();
        return ports.bulk(operations.map((operation) => ({ ...operation, version })));
      },
    }),
  },
  {
    name: 'the id of the row as version',
    relay: (ports) => {
      let version = 0;
      const claimed = (claim: Claim): Claim => ((version = Math.max(...claim.rows.map(({ id }) => Number(id)))), claim);
      return { ...ports, outbox: around(ports, { claimed }), clock: { next: () => Promise.resolve(version) } };
    },
  },
  {
    name: 'the timestamp of the row as version',
    relay: (ports) => {
      let version = 0;
      const claimed = (claim: Claim): Claim => (
        (version = Math.max(...claim.rows.map(({ createdAt }) => createdAt)) + 1),
        claim
      );
      return { ...ports, outbox: around(ports, { claimed }), clock: { next: () => Promise.resolve(version) } };
    },
  },
  {
    name: 'deleting every row of the document that is seen',
    relay: (ports, world) => {
      const claimed = (claim: Claim): Claim => ({
        ...claim,
        settle: async (done, refusals, unreachable) => {
          const givenUp = await claim.settle(done, refusals, unreachable);
          const documents = new Set(done.map(({ path, key }) => `${path.join('.')}|${String(key)}`));
          world.delete(({ path, key }) => documents.has(`${path.join('.')}|${String(key)}`));
          return givenUp;
        },
      });
      return { ...ports, outbox: around(ports, { claimed }) };
    },
  },
  {
    name: 'targets before claim',
    relay: (ports) => {
      let targets: readonly WriteTarget[] = [];
      const before = async (): Promise<void> =>
        void (targets = await ports.targets.of({ alias: 'items', hash: 'h' } as never));
      return {
        ...ports,
        outbox: around(ports, { before }),
        targets: { ...ports.targets, of: () => Promise.resolve(targets), ready: () => Promise.resolve() },
      };
    },
  },
  {
    name: 'targets from a cache',
    relay: (ports) => {
      let cached: Promise<readonly WriteTarget[]> | undefined;
      let uses = 0;
      const of = (definition: never): Promise<readonly WriteTarget[]> => {
        if (!cached || (uses += 1) % 8 === 0) cached = ports.targets.of(definition);
        return cached;
      };
      return { ...ports, targets: { of: of, ready: () => Promise.resolve() } };
    },
  },
  { name: 'backfill before dual writing', backfillFirst: true },
];
