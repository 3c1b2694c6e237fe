import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { RunningServer } from '@rookery/services';
import { randomOf } from '../sync/model/schedule.js';
import { start, type Child } from './child.js';
import { differences } from './compare.js';
import { mend } from './mend.js';
import { FAULT_POINTS } from './fault-points.js';
import { Book, NextBook } from './models.js';
import { connect, dropDatabase, dropIndices, engineAt, searchOf, type Setting } from './setting.js';

export interface ProofOptions {
  readonly seed: number;
  readonly postgres: string;
  readonly openSearch: RunningServer;
  readonly writers: number;
  /** How long changes go on, in milliseconds. */
  readonly durationMs: number;
  /** Kills OpenSearch in the middle, and starts it again. */
  readonly restartOpenSearch: boolean;
  readonly log?: (line: string) => void;
}

export interface ProofResult {
  readonly differences: readonly string[];
  readonly transactions: number;
  /** Relays that were killed, by the place where. */
  readonly kills: Readonly<Record<string, number>>;
  /** Migrators that stood still for longer than their lease, and went on while or after another one did their work. */
  readonly paused: number;
  /** Rows that nobody could read when the writers stopped. */
  readonly unreadable: number;
  readonly migration: 'finished' | 'rolled back';
}

const SETTLE_MS = 90_000;
const REPLICA_LAG_MS = 1_500;

/**
 * Writers, rows that no release can read, relays of two releases that are killed between their steps, a replica that lags,
 * a migration that is killed, paused beyond its lease and resumed, cut connections and a restarted engine; when the
 * writers stop and the rows are mended, index and database are compared document by document.
 */
export async function prove(options: ProofOptions): Promise<ProofResult> {
  const { seed, postgres, openSearch, durationMs, log = () => undefined } = options;
  const random = randomOf(seed);
  const int = (below: number): number => Math.floor(random() * below);
  const name = `proof-${seed}-${randomUUID().slice(0, 6)}`;
  const primary: Setting = {
    postgres,
    database: name,
    openSearch: openSearch.address,
    prefix: name,
    release: 'this',
    seed,
  };
  const replica = `${name}-replica`;
  const setting = (more: Partial<Setting> = {}): Setting => ({ ...primary, replica, ...more });
  const orm = await connect(primary);
  await orm.schema.ensureDatabase();
  await orm.schema.create();
  const lagging = await lagBehind(orm, primary, replica);
  const search = searchOf(orm, setting(), { relay: false, createIndices: true });
  await search.start();

  const kills: Record<string, number> = {};
  const failures: string[] = [];
  let ending = false;
  const relays = new Set<Child>();
  const keepRelay = async (release: Setting['release'], slot: number): Promise<void> => {
    while (!ending) {
      // One of the three is never killed.
      const point = FAULT_POINTS[int(FAULT_POINTS.length)]!.name;
      const relay = start(
        'relay',
        setting({ release, ...(slot > 0 ? { killAt: { point, passage: 1 + int(12) } } : {}) }),
      );
      relays.add(relay);
      const { signal, code, errors } = await relay.ended;
      relays.delete(relay);
      if (signal === 'SIGKILL') kills[point] = (kills[point] ?? 0) + 1;
      else if (code !== 0) failures.push(`a relay ended with ${code}: ${errors}`);
    }
  };

  const relaying = [keepRelay('this', 0), keepRelay('this', 1), keepRelay('next', 0), keepRelay('next', 1)];
  const writers = Array.from({ length: options.writers }, (_, at) =>
    start('writer', setting({ seed: seed * 100 + at })),
  );
  try {
    await wait(durationMs * 0.3);
    const migrating = migrate(
      orm,
      setting({ release: 'next' }),
      { killedAfterMs: 500 + int(3_000), pausedAfterMs: 500 + int(3_000), goesOnAfterMs: int(6_000) },
      log,
    );
    // It may fail while others are waited for.
    migrating.catch(() => undefined);
    for (let cuts = 0; cuts < 3; cuts += 1) {
      await wait(durationMs * 0.1);
      await cutConnections(orm);
    }
    if (options.restartOpenSearch) {
      await openSearch.kill();
      log('OpenSearch is killed');
      await openSearch.restart();
    }
    await wait(durationMs * 0.3);
    const { count: paused } = await migrating;
    await wait(durationMs * 0.1);
    for (const { process } of writers) process.kill('SIGTERM');
    const ends = await Promise.all(writers.map(({ ended }) => ended));
    failures.push(
      ...ends.filter(({ code }) => code !== 0).map(({ code, errors }) => `a writer ended with ${code}: ${errors}`),
    );
    const transactions = ends.reduce((sum, { output }) => sum + Number(output), 0);

    await search.settled({ timeoutMs: SETTLE_MS, refresh: false });
    const unreadable = await mend(orm, search);
    await search.settled({ timeoutMs: SETTLE_MS, refresh: false });
    const indices = (await engineAt(openSearch.address).readIndices(`${name}-books-v*`)).map(({ index }) => index);
    const old = indices.find((index) => index.includes('-v1-'))!;
    const young = indices.find((index) => index.includes('-v2-'))!;
    const found = [
      ...(await differences(orm, openSearch.address, old, 'this')),
      ...(await differences(orm, openSearch.address, young, 'next')),
    ];
    const back = random() < 0.5;
    const next = await connect(setting({ release: 'next' }));
    const nextSearch = searchOf(next, setting({ release: 'next' }), { relay: false });
    if (back) await nextSearch.migrations.rollback(NextBook);
    else await nextSearch.migrations.finish(NextBook);
    await nextSearch.close();
    await next.close(true);
    // The release that the index belongs to now goes on.
    const em = orm.em.fork();
    em.create(Book, { id: 999_999, title: 'after all', stock: 1 });
    await em.flush();
    await search.settled({ timeoutMs: SETTLE_MS, refresh: false });
    found.push(...(await differences(orm, openSearch.address, `${name}-books`, back ? 'this' : 'next')));
    return {
      differences: [...failures, ...found],
      transactions,
      kills,
      paused,
      unreadable,
      migration: back ? 'rolled back' : 'finished',
    };
  } finally {
    ending = true;
    for (const { process } of [...relays, ...writers]) process.kill('SIGTERM');
    await Promise.all([...relaying, ...writers.map(({ ended }) => ended)]);
    await search.close();
    await dropIndices(setting());
    await lagging.stop();
    await orm.close(true);
    await dropDatabase(primary);
    await dropDatabase({ ...primary, database: replica });
  }
}

/** When, in milliseconds: what becomes of a migrator, and of the one that goes on in its place. */
interface Lives {
  readonly killedAfterMs: number;
  readonly pausedAfterMs: number;
  /** After its lease has ended and another one has begun. */
  readonly goesOnAfterMs: number;
}

/** One is killed; one stands still for longer than its lease while the next does the work, and then goes on. */
async function migrate(
  orm: MikroORM,
  setting: Setting,
  { killedAfterMs, pausedAfterMs, goesOnAfterMs }: Lives,
  log: (line: string) => void,
): Promise<{ readonly count: number }> {
  const killed = start('migrate', setting);
  const timer = setTimeout(() => killed.process.kill('SIGKILL'), 1_000 + killedAfterMs);
  const { code: ended } = await killed.ended;
  clearTimeout(timer);
  await endLeases(orm);
  const paused = start('migrate', setting);
  const stopped = setTimeout(() => paused.process.kill('SIGSTOP'), 1_000 + pausedAfterMs);
  let over = false;
  void paused.ended.then(() => (over = true));
  await Promise.race([paused.ended, wait(1_000 + pausedAfterMs + 100)]);
  clearTimeout(stopped);
  const count = over ? 0 : 1;
  log(
    `migrators: the first ${ended === 0 ? 'was done' : 'was killed'}, the second ${over ? 'was done' : 'stands still'}`,
  );
  await endLeases(orm);
  const goOn = wait(goesOnAfterMs).then(() => paused.process.kill('SIGCONT'));
  try {
    // OpenSearch may be away.
    for (let attempt = 1; ; attempt += 1) {
      const { code, errors } = await start('migrate', setting).ended;
      if (code === 0) break;
      if (attempt === 100) throw new Error(`the migration did not end: ${errors}`);
      await wait(1_000);
    }
  } finally {
    await goOn;
  }
  await paused.ended;
  return { count };
}

/** A second database that has what the first one had some while ago, as a replica that lags. */
async function lagBehind(
  orm: MikroORM,
  primary: Setting,
  database: string,
): Promise<{ readonly stop: () => Promise<void> }> {
  const replica = await connect({ ...primary, database });
  await replica.schema.ensureDatabase();
  await replica.schema.create();
  const stopping = new AbortController();
  const copy = async (): Promise<void> => {
    const read = orm.em.fork().getConnection();
    const rows: Record<string, unknown[]> = {};
    for (const table of ['author', 'book']) rows[table] = await read.execute(`select * from ${table}`);
    await wait(REPLICA_LAG_MS, undefined, { signal: stopping.signal });
    await replica.em.fork().transactional(async (em) => {
      await em.execute('delete from book; delete from author');
      for (const [table, all] of Object.entries(rows))
        await em.execute(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, ?::jsonb)`, [
          JSON.stringify(all),
        ]);
    });
  };
  const copying = (async () => {
    while (!stopping.signal.aborted)
      // Rows of the two tables are read one after the other: a copy that does not fit together is left out.
      await copy().catch(() => undefined);
  })();
  return {
    stop: async () => {
      stopping.abort();
      await copying;
      await replica.close(true);
    },
  };
}

/** The time after which another may go on where a process was killed, without waiting for it. */
async function endLeases(orm: MikroORM): Promise<void> {
  await orm.em.fork().getConnection().execute('update search_migration set owned_until = 0');
}

async function cutConnections(orm: MikroORM): Promise<void> {
  const relays = "datname = current_database() and pid <> pg_backend_pid() and query like '%search_%'";
  await orm.em.fork().getConnection().execute(`select pg_terminate_backend(pid) from pg_stat_activity where ${relays}`);
}
