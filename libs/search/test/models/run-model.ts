import { isDeepStrictEqual } from 'node:util';
import { EntitySchema, type MikroORM } from '@mikro-orm/core';
import { defineConfig, MikroORM as LibSqlORM, type SqlEntityManager } from '@mikro-orm/libsql';
import { searchEntities, SearchModelError, SearchService, type SearchEngine, type SearchEvent } from '@rookery/search';
import type { Transaction } from './changes.js';
import { isRefusal } from './refusals.js';
import { expectedDocuments, type Tables } from './oracle.js';
import { indexName, ormModel } from './orm-model.js';
import { pairsOf, type ModelPlan } from './plan.js';
import { play, prologue } from './play.js';

type Json = Record<string, unknown>;

/** Where models are run: a database and an engine for each. */
export interface World {
  open(schemas: readonly unknown[]): Promise<{ readonly orm: MikroORM; readonly close: () => Promise<void> }>;
  readonly engine: () => SearchEngine;
}

export type Outcome =
  | Readonly<{ outcome: 'equal'; documents: number }>
  | Readonly<{ outcome: 'refused'; problems: readonly string[] }>
  /** The ORM does not make its tables. */
  | Readonly<{ outcome: 'unmade'; problems: readonly string[] }>
  | Readonly<{ outcome: 'differs'; differences: readonly string[] }>;

const SETTLE_MS = 20_000;

let run = 0;

/** Plays a script on a model, and compares each index with what the oracle makes of the rows. */
export async function runModel(plan: ModelPlan, script: readonly Transaction[], world: World): Promise<Outcome> {
  const { classes, below, schemas } = ormModel(plan);
  const opened = await world.open([...schemas, ...searchEntities]).catch((error: unknown) => error as Error);
  if (opened instanceof Error) return { outcome: 'unmade', problems: [opened.message.split('\n')[0]!] };
  const { orm, close } = opened;
  const events: SearchEvent[] = [];
  let reject: (reason: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, refuse) => (reject = refuse));
  failed.catch(() => undefined);
  const engine = world.engine();
  const prefix = `models-${process.pid}-${(run += 1)}`;
  let search: SearchService | undefined;
  try {
    search = new SearchService(orm, {
      engine,
      prefix,
      onEvent: (event) => {
        events.push(event);
        // Nothing is away here: what is tried again would be tried for ever.
        if (event.type === 'publish-delayed') reject(event.error);
      },
      ...(plan.entities.some(({ index }) => index?.sync.includes('outbox')) ? { relay: { pollMs: 20 } } : {}),
    });
    await search.start();
    let keys = 0;
    const stage = { plan, classes, below, search, next: () => (keys += 1) };
    for (const transaction of [...prologue(plan), ...script]) {
      await play(orm.em.fork(), transaction, stage);
      if (transaction.settle) await Promise.race([search.settled({ timeoutMs: SETTLE_MS }), failed]);
    }
    await Promise.race([search.settled({ timeoutMs: SETTLE_MS }), failed]);
    const { differences: wrong, count } = await compare(plan, prefix, engine, orm);
    const differences = [...wrong, ...events.map((event) => `event ${shown(event)}`)];
    if (differences.length > 0) return { outcome: 'differs', differences };
    return { outcome: 'equal', documents: count };
  } catch (error) {
    if (error instanceof SearchModelError && error.complaints.every((complaint) => isRefusal(complaint, plan)))
      return { outcome: 'refused', problems: error.complaints.map(({ problem }) => problem) };
    return {
      outcome: 'differs',
      differences: [error instanceof Error ? (error.stack ?? error.message) : String(error), ...events.map(shown)],
    };
  } finally {
    for (const { index } of await engine.readIndices(`${prefix}-*`).catch(() => [])) await engine.deleteIndex(index);
    await (search ?? engine).close();
    await close();
    // The ORM keeps every schema that was ever made.
    for (const cls of [...schemas.map((schema) => schema.meta.class)]) EntitySchema.REGISTRY.delete(cls);
  }
}

function shown(event: unknown): string {
  return JSON.stringify(event, (_name, value: unknown) => (value instanceof Error ? value.message : value));
}

async function compare(
  plan: ModelPlan,
  prefix: string,
  engine: SearchEngine,
  orm: MikroORM,
): Promise<{ readonly differences: string[]; readonly count: number }> {
  const tables = await tablesOf(plan, orm.em.fork() as unknown as SqlEntityManager);
  const differences: string[] = [];
  let count = 0;
  for (const entity of plan.entities) {
    if (!entity.index) continue;
    const expected = expectedDocuments(plan, entity, tables);
    for (const sync of entity.index.sync) {
      const name = indexName(entity, sync);
      count += expected.size;
      const found = await documentsOf(engine, `${prefix}-${name}`);
      for (const id of new Set([...expected.keys(), ...found.keys()])) {
        const [want, have] = [expected.get(id), found.get(id)].map((one) => one && plain(one));
        if (!isDeepStrictEqual(want, have))
          differences.push(`${name} ${id}: database ${JSON.stringify(want)}, index ${JSON.stringify(have)}`);
      }
    }
  }
  return { differences, count };
}

/** Inside of embedded rows and values null and nothing are one: which of them it is the ORM decides. */
function plain(document: Json): Json {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(withoutNulls) : withoutNulls(value),
    ]),
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutNulls(one)]));
}

async function tablesOf(plan: ModelPlan, em: SqlEntityManager): Promise<Tables> {
  const names = [
    ...plan.entities.map(({ table }) => table),
    ...plan.entities.flatMap(({ table, tree }) =>
      tree?.how === 'tpt' ? tree.classes.map(({ name }) => `${table}_${name}`) : [],
    ),
    ...plan.relations.filter(({ kind }) => kind === 'm:n').map((relation) => pairsOf(plan, relation).table),
  ];
  const tables = new Map<string, Json[]>();
  for (const name of new Set(names)) tables.set(name, await em.execute<Json[]>(`select * from ${name}`));
  return tables;
}

async function documentsOf(engine: SearchEngine, alias: string): Promise<ReadonlyMap<string, Json>> {
  await engine.refresh(alias);
  const { hits } = await engine.search({ index: alias, body: { size: 1_000, sort: ['_id'] } });
  const ids = hits.hits.map(({ _id }) => _id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`${alias} has two documents of ${twice}, on two shards`);
  return new Map(hits.hits.map(({ _id, _source }) => [_id, _source as Json]));
}

/** In the memory of this process. */
export function inMemory(engine: () => SearchEngine): World {
  return {
    engine,
    open: async (schemas) => {
      const orm = await LibSqlORM.init(
        defineConfig({ dbName: ':memory:', entities: schemas as never, allowGlobalContext: false, colors: false }),
      );
      await orm.schema.create();
      return { orm, close: () => orm.close(true) };
    },
  };
}
