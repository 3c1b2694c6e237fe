import { isDeepStrictEqual } from 'node:util';
import type { MikroORM } from '@mikro-orm/core';
import { defineConfig, MikroORM as LibSqlORM, type SqlEntityManager } from '@mikro-orm/libsql';
import { searchEntities, SearchModelError, SearchService, type SearchEngine, type SearchEvent } from '@rookery/search';
import type { Transaction } from './changes.js';
import { isRefusal } from './refusals.js';
import { expectedDocuments, type Tables } from './oracle.js';
import { indexName, ormModel } from './orm-model.js';
import { isMany, type EntityPlan, type IncludePlan, type ModelPlan } from './plan.js';
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
  | Readonly<{ outcome: 'differs'; differences: readonly string[] }>;

const SETTLE_MS = 20_000;

let run = 0;

/** Plays a script on a model, and compares each index with what the oracle makes of the rows. */
export async function runModel(plan: ModelPlan, script: readonly Transaction[], world: World): Promise<Outcome> {
  const { classes, schemas } = ormModel(plan);
  const { orm, close } = await world.open([...schemas, ...searchEntities]);
  const events: SearchEvent[] = [];
  const engine = world.engine();
  const prefix = `models-${process.pid}-${(run += 1)}`;
  const search = new SearchService(orm, {
    engine,
    prefix,
    onEvent: (event) => events.push(event),
    ...(plan.entities.some(({ index }) => index?.sync.includes('outbox')) ? { relay: { pollMs: 20 } } : {}),
  });
  try {
    await search.start();
    let keys = 0;
    const stage = { plan, classes, search, next: () => (keys += 1) };
    for (const transaction of [...prologue(plan), ...script]) {
      await play(orm.em.fork(), transaction, stage);
      if (transaction.settle) await search.settled({ timeoutMs: SETTLE_MS });
    }
    await search.settled({ timeoutMs: SETTLE_MS });
    const { differences: wrong, count } = await compare(plan, prefix, engine, orm);
    const differences = [...wrong, ...events.map((event) => `event ${shown(event)}`)];
    if (differences.length > 0) return { outcome: 'differs', differences };
    return { outcome: 'equal', documents: count };
  } catch (error) {
    if (error instanceof SearchModelError && error.complaints.every(isRefusal))
      return { outcome: 'refused', problems: error.complaints.map(({ problem }) => problem) };
    return {
      outcome: 'differs',
      differences: [error instanceof Error ? (error.stack ?? error.message) : String(error), ...events.map(shown)],
    };
  } finally {
    for (const { index } of await engine.readIndices(`${prefix}-*`).catch(() => [])) await engine.deleteIndex(index);
    await search.close();
    await engine.close();
    await close();
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
      const found = await documentsOf(engine, `${prefix}-${name}`, entity);
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

async function tablesOf({ entities, relations }: ModelPlan, em: SqlEntityManager): Promise<Tables> {
  const names = [
    ...entities.map(({ table }) => table),
    ...relations.filter(({ kind }) => kind === 'm:n').map(({ name }) => `p_${name}`),
  ];
  const tables = new Map<string, Json[]>();
  for (const name of names) tables.set(name, await em.execute<Json[]>(`select * from ${name}`));
  return tables;
}

async function documentsOf(
  engine: SearchEngine,
  alias: string,
  { index }: EntityPlan,
): Promise<ReadonlyMap<string, Json>> {
  await engine.refresh(alias);
  const { hits } = await engine.search({ index: alias, body: { size: 1_000, sort: ['_id'] } });
  const ids = hits.hits.map(({ _id }) => _id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`${alias} has two documents of ${twice}, on two shards`);
  return new Map(hits.hits.map(({ _id, _source }) => [_id, inOrder(_source as Json, index!.include)]));
}

/** Elements of collections in the order of their JSON; the names in the order of the oracle's. */
function inOrder(document: Json, include: readonly IncludePlan[]): Json {
  const ordered: Json = { ...document };
  for (const { step, inside, columns, embedded, key } of include) {
    const value = ordered[step.property];
    const part = (one: unknown): Json => {
      const inner = inOrder(one as Json, inside);
      const names = [
        ...(key ? ['id'] : []),
        ...[...columns].sort(),
        ...[...embedded].sort(),
        ...inside.map((each) => each.step.property),
      ];
      const known = names.filter((name) => name in inner).map((name) => [name, inner[name]]);
      return { ...(Object.fromEntries(known) as Json), ...inner };
    };
    if (isMany(step) && Array.isArray(value))
      ordered[step.property] = value
        .map((one) => [JSON.stringify(part(one)), part(one)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, one]) => one);
    else if (value !== null && typeof value === 'object') ordered[step.property] = part(value);
  }
  return ordered;
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
