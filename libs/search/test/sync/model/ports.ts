import type { IndexTargets } from '../../../src/indexing/index-targets.js';
import type { VersionedOperation, BulkOutcome, VersionClock } from '@rookery/search';
import { MigrationTargets } from '../../../src/migration/migration-targets.js';
import type { IndexDefinition } from '../../../src/mapping/index-definition.js';
import type { IndexModel } from '../../../src/metadata/index-model.js';
import type { PrimaryKey } from '../../../src/rows/entity-reader.js';
import type { Outbox } from '../../../src/sync/outbox.js';
import type { Schedule } from './schedule.js';
import { ALIAS, type World } from './world.js';

class Thing {}
class Owner {}

const value = (name: string) => ({ kind: 'value', name, options: {}, facts: undefined, computed: false }) as const;
const OWNER = {
  kind: 'object',
  name: 'owner',
  options: {},
  fields: [value('name')],
  relation: { target: Owner, side: 'owner', mappedBy: undefined, kind: 'm:1' },
} as const;
const FIELDS = [value('value'), OWNER];
const MODEL: IndexModel = {
  entity: Thing,
  name: ALIAS,
  options: {},
  primaryKey: 'id',
  primaryKeys: ['id'],
  identity: {
    property: 'id',
    parts: [
      { path: ['id'], runtimeType: 'number', toKey: (value: unknown) => value, fromKey: (value: unknown) => value },
    ],
    prefix: '',
    suffix: '',
  },
  routing: undefined,
  hooks: { document: undefined, preload: undefined },
  condition: undefined,
  fields: FIELDS,
  sources: FIELDS,
  keys: [],
};

export const DEFINITION: IndexDefinition = {
  model: MODEL,
  alias: ALIAS,
  hash: 'h',
  body: { settings: {}, mappings: { dynamic: 'strict', properties: {} } },
};

/** What the steps of a process work through; each call is a place where others may come between. */
export interface Ports {
  outbox: Outbox;
  clock: VersionClock;
  targets: IndexTargets;
  reader: {
    byKeys(model: IndexModel, keys: readonly PrimaryKey[]): Promise<object[]>;
    pageAfter(model: IndexModel, after: PrimaryKey | undefined, size: number): Promise<object[]>;
    knowsPath(): boolean;
    keysReaching(
      model: IndexModel,
      path: readonly string[],
      keys: readonly PrimaryKey[],
    ): AsyncGenerator<readonly PrimaryKey[]>;
  };
  bulk(operations: readonly VersionedOperation[]): Promise<readonly BulkOutcome[]>;
}

export interface Process {
  readonly number: number;
  /** How fast it is, against 1. */
  readonly weight: number;
  /** A process that died is never called back again. */
  dead: boolean;
}

export function portsOf(world: World, schedule: Schedule, process: Process): Ports {
  const step = async (): Promise<void> => {
    await schedule.point(process.weight);
    if (process.dead) await new Promise<never>(() => undefined);
  };
  const load = async (wanted: (id: number) => boolean, size = Infinity): Promise<object[]> => {
    await step();
    const items = [...world.items.values()]
      .filter(({ id }) => wanted(id))
      .sort((a, b) => a.id - b.id)
      .slice(0, size);
    // Related rows come with a statement of their own.
    await step();
    return items.map(({ id, value: own, owner }) => ({ id, value: own, owner: { name: world.owners.get(owner) } }));
  };
  const plain: IndexTargets = {
    of: () => Promise.resolve([{ index: ALIAS, role: 'live' }]),
    ready: () => Promise.resolve(),
  };
  const store = { read: async () => (await step(), world.migration), noteInexact: () => Promise.resolve() };
  return {
    outbox: {
      claim: async (_aliases, limit, work) => {
        await step();
        const rows = world.claim(process.number, limit);
        if (rows.length === 0) return 0;
        await work({
          rows,
          alive: step,
          settle: async (done) => {
            await step();
            const ids = new Set(done.map(({ id }) => id));
            world.delete(({ id }) => ids.has(id));
            return [];
          },
        });
        world.release(process.number);
        return rows.length;
      },
    },
    clock: { next: async () => (await step(), world.tick()) },
    targets: new MigrationTargets(plain, store, { readIndices: () => Promise.resolve([]) }, () => undefined),
    reader: {
      byKeys: (_model, keys) => load((id) => keys.includes(id)),
      pageAfter: (_model, after, size) => load((id) => id > ((after as number | undefined) ?? 0), size),
      knowsPath: () => true,
      async *keysReaching(_model, _path, owners) {
        await step();
        const found = [...world.items.values()].filter(({ owner }) => owners.includes(owner)).map(({ id }) => id);
        if (found.length > 0) yield found;
      },
    },
    bulk: async (operations) => {
      const outcomes = await world.bulk(operations);
      if (process.dead) await new Promise<never>(() => undefined);
      return outcomes;
    },
  };
}
