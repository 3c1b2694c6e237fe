import type { VersionedOperation } from '@rookery/search';
import { backfill } from '../../../src/migration/backfill.js';
import type { MigrationState } from '../../../src/migration/migration-state.js';
import { BULK_DEFAULTS, BulkWriter } from '../../../src/indexing/bulk-writer.js';
import { DocumentPublisher } from '../../../src/indexing/document-publisher.js';
import { Relay, RELAY_DEFAULTS } from '../../../src/sync/relay.js';
import { DEFINITION, portsOf, type Ports, type Process } from './ports.js';
import { randomOf, Schedule } from './schedule.js';
import { ALIAS, World } from './world.js';

/** A way to do the steps in another order, by putting something between the relay and its ports. */
export interface Variant {
  readonly name: string;
  readonly relay?: (ports: Ports, world: World) => Ports;
  readonly backfillFirst?: boolean;
}

const TRANSACTIONS = 6;
const WRITERS = 2;
const SPEEDS = [1, 0.2, 0.04];
const MAX_STEPS = 20_000;
const CRASHES = 2;

/**
 * Three relays of very different speed, transactions, crashes and a migration, in an order that the seed decides; the
 * relays, the publisher, the writer and the backfill are the real ones.
 *
 * @returns where the indices differ from the database when all is quiet
 */
export async function simulate(seed: number, variant: Variant): Promise<string[]> {
  const schedule = new Schedule(randomOf(seed));
  const world = new World(schedule);
  let writers = WRITERS;
  let migrating = true;
  let processes = 0;
  let crashes = CRASHES;

  const startRelay = (weight: number): void => {
    const process: Process = { number: (processes += 1), weight, dead: false };
    const plain = portsOf(world, schedule, process);
    const ports = variant.relay ? variant.relay(plain, world) : plain;
    const relay = new Relay(
      {
        definitions: [DEFINITION],
        outbox: ports.outbox,
        publisher: new DocumentPublisher({
          ...ports,
          writer: writerOf(ports),
          engine: { shardRoutings: () => Promise.resolve([]) },
        }),
        reader: ports.reader,
        report: ({ type, ...event }) => {
          throw new Error(`${type}: ${JSON.stringify(event)}`);
        },
      },
      { ...RELAY_DEFAULTS, batchSize: 1 + schedule.int(4), now: () => 0, random: () => 0 },
    );
    schedule.spawn(async () => {
      while (!process.dead) {
        await schedule.point(weight);
        await relay.runBatch();
      }
    });
    if (crashes-- > 0)
      schedule.spawn(async () => {
        for (let life = 10 + schedule.int(30); life > 0; life -= 1) await schedule.point(weight);
        process.dead = true;
        world.release(process.number);
        startRelay(weight);
      });
  };

  const startWriter = (): void =>
    schedule.spawn(async () => {
      for (let left = TRANSACTIONS; left > 0; left -= 1) await world.transaction();
      writers -= 1;
    });

  const migrate = async (): Promise<void> => {
    const process: Process = { number: 0, weight: 0.5, dead: false };
    const ports = portsOf(world, schedule, process);
    const note = (): void => void (world.migration = BEGUN);
    const fill = async (): Promise<void> => {
      for await (const { failures } of backfill(
        DEFINITION,
        'new-writes',
        { ...ports, writer: writerOf(ports) },
        { after: undefined, pageSize: 2 },
      )) {
        if (failures.length > 0) throw new Error('the model refuses nothing');
      }
    };
    for (let before = schedule.int(40); before > 0; before -= 1) await schedule.point();
    if (variant.backfillFirst) await fill();
    note();
    if (!variant.backfillFirst) await fill();
    const waiting = new Set(world.outbox.map(({ id }) => id));
    while (world.outbox.some(({ id }) => waiting.has(id))) await schedule.point();
    world.live = 'new';
    await schedule.point();
    world.migration = { ...BEGUN, phase: 'swapped' };
    migrating = false;
  };

  SPEEDS.forEach(startRelay);
  for (let writer = 0; writer < WRITERS; writer += 1) startWriter();
  schedule.spawn(migrate);
  await schedule.runUntil(
    () => writers === 0 && !migrating && world.outbox.length === 0 && world.requestsUnderWay === 0,
    MAX_STEPS,
  );
  return [...world.differences('old'), ...world.differences('new')];
}

const BEGUN: Extract<MigrationState, { kind: 'rebuild' }> = {
  kind: 'rebuild',
  alias: ALIAS,
  phase: 'backfill',
  oldIndex: 'old',
  newIndex: 'new',
  oldHash: 'g',
  newHash: 'h',
  lastKey: undefined,
  done: 0,
  total: 0,
  startedAt: new Date(0),
  updatedAt: new Date(0),
  owner: 'm',
  inexact: undefined,
};

function writerOf(ports: Ports): BulkWriter {
  return new BulkWriter(
    { bulk: (operations) => ports.bulk(operations as readonly VersionedOperation[]) },
    { ...BULK_DEFAULTS, attempts: 1 },
  );
}
