import { DriverException, ValidationError, type Collection, type EntityManager } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/libsql';
import type { SearchService } from '@rookery/search';
import type { Change, Transaction } from './changes.js';
import type { EntityClass, Row } from './orm-model.js';
import {
  isMany,
  stepsOf,
  targetOf,
  valueOf,
  type ColumnPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type ModelPlan,
  type Step,
} from './plan.js';

/** Rows of each entity before the script begins. */
const FIRST_ROWS = 3;

/** What there is to change: each in a transaction of its own, so that one which is refused takes no other along. */
export function prologue({ entities }: ModelPlan): readonly Transaction[] {
  return entities.flatMap((_, entity) =>
    Array.from({ length: FIRST_ROWS }, (_each, n): Transaction => {
      const create: Change = { operation: 'create', entity, row: n, field: n, value: 2 * n + entity, flush: true };
      return { changes: [create], rollback: false };
    }),
  );
}

class RolledBack extends Error {}

/** Where a script is played. */
export interface Stage {
  readonly plan: ModelPlan;
  readonly classes: readonly EntityClass[];
  readonly search: SearchService;
  readonly next: () => number;
}

/** @returns whether it was committed */
export async function play(em: EntityManager, { changes, rollback }: Transaction, stage: Stage): Promise<boolean> {
  try {
    await em.transactional(async (tx) => {
      for (const one of changes) {
        if ('changes' in one) await play(tx, one, stage);
        else await apply(tx as SqlEntityManager, one, stage);
      }
      if (rollback) throw new RolledBack();
    });
    return true;
  } catch (error) {
    // What the database refuses is rolled back with all that goes with it.
    if (error instanceof RolledBack || error instanceof DriverException || error instanceof ValidationError) {
      if (process.env['MODELS_VERBOSE']) console.log('rolled back', String(error).slice(0, 200));
      return false;
    }
    throw error;
  }
}

async function apply(tx: SqlEntityManager, change: Change, stage: Stage): Promise<void> {
  const entity = stage.plan.entities[change.entity % stage.plan.entities.length]!;
  await OPERATIONS[change.operation](tx, change, entity, stage);
  if (change.flush || change.operation === 'delete') await tx.flush();
  // Rows that the database deleted or changed with it are read anew.
  if (change.operation === 'delete') tx.clear();
}

type Operation = (tx: SqlEntityManager, change: Change, entity: EntityPlan, stage: Stage) => Promise<void>;

const OPERATIONS: Readonly<Record<Change['operation'], Operation>> = {
  async create(tx, change, entity, stage) {
    const data = await newRow(tx, change, entity, stage);
    if (data) tx.persist(tx.create(stage.classes[entity.number]!, data as never, { partial: true }));
  },

  async change(tx, change, entity, stage) {
    const row = await someRow(tx, change, entity, stage);
    const column = entity.columns[change.field % entity.columns.length]!;
    if (row) row[column.name] = columnValue(column, change.value);
  },

  async embed(tx, change, entity, stage) {
    const row = await someRow(tx, change, entity, stage);
    const [part] = entity.embedded;
    if (row && part) tx.assign(row, { [part.name]: embeddedValue(part, change.value) } as never);
  },

  async move(tx, change, entity, stage) {
    const step = stepOf(
      stage.plan,
      entity,
      change,
      ({ relation, side }) => relation.kind !== 'm:n' && side === 'owner',
    );
    const row = step && (await someRow(tx, change, entity, stage));
    if (!row) return;
    const key = await someKey(tx, change.value, stage.plan.entities[targetOf(step)]!);
    if (change.value % 4 === 0 && step.relation.nullable) row[step.property] = null;
    else if (key !== undefined) row[step.property] = tx.getReference(stage.classes[targetOf(step)]!, key as never);
  },

  async link(tx, change, entity, stage) {
    const found = await collectionOf(tx, change, entity, stage);
    const key = found && (await someKey(tx, change.value, stage.plan.entities[targetOf(found.step)]!));
    if (key === undefined) return;
    const other = (await tx.findOne(stage.classes[targetOf(found!.step)]!, key)) as Row | null;
    if (other) found!.collection.add(other);
  },

  async unlink(tx, change, entity, stage) {
    const found = await collectionOf(tx, change, entity, stage);
    const items = found?.collection.getItems() ?? [];
    if (!found || items.length === 0) return;
    const { kind, nullable } = found.step.relation;
    if (kind === 'm:n' || nullable) found.collection.remove(items[change.value % items.length]!);
  },

  async set(tx, change, entity, stage) {
    const found = await collectionOf(tx, change, entity, stage);
    if (!found || (found.step.relation.kind !== 'm:n' && !found.step.relation.nullable)) return;
    const cls = stage.classes[targetOf(found.step)]!;
    const table = stage.plan.entities[targetOf(found.step)]!;
    const key = await someKey(tx, change.value, table);
    const other =
      key === undefined || change.value % 3 === 0 ? undefined : ((await tx.findOne(cls, key)) as Row | null);
    if (other) found.collection.set([other]);
    else found.collection.removeAll();
  },

  async insertNative(tx, change, entity, stage) {
    await tx.flush();
    const data = await newRow(tx, change, entity, stage);
    if (!data || entity.embedded.length > 0) return;
    const cls = stage.classes[entity.number]!;
    await tx.insert(cls, data);
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, { id: data['id'] }, { em: tx });
  },

  async delete(tx, change, entity, stage) {
    await tx.flush();
    const row = await someRow(tx, change, entity, stage);
    if (row) tx.remove(row);
  },

  async upsert(tx, change, entity, stage) {
    await tx.flush();
    const data = await newRow(tx, change, entity, stage);
    const key = change.value % 2 ? await someKey(tx, change.row, entity) : undefined;
    if (data && entity.embedded.length === 0)
      await tx.upsert(stage.classes[entity.number]!, { ...data, ...(key === undefined ? {} : { id: key }) });
  },

  async nativeUpdate(tx, change, entity, stage) {
    await tx.flush();
    const id = await someKey(tx, change.row, entity);
    if (id === undefined) return;
    const cls = stage.classes[entity.number]!;
    const column = entity.columns[change.field % entity.columns.length]!;
    await tx.nativeUpdate(cls, { id }, { [column.name]: columnValue(column, change.value) } as never);
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, { id }, { em: tx });
    tx.clear();
  },

  async nativeDelete(tx, change, entity, stage) {
    await tx.flush();
    const id = await someKey(tx, change.row, entity);
    if (id === undefined || isPointedAt(stage.plan, entity)) return;
    const cls = stage.classes[entity.number]!;
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, { id }, { em: tx, deleting: true });
    await tx.nativeDelete(cls, { id });
    tx.clear();
  },
};

/** Whether some document is of it, embeds it or depends on it: what else is touched is refused. */
function isHeld({ entities }: ModelPlan, { number, index }: EntityPlan): boolean {
  if (index) return true;
  const reached = (includes: readonly IncludePlan[]): boolean =>
    includes.some(({ step, inside }) => targetOf(step) === number || reached(inside));
  return entities.some(
    (one) =>
      one.index && (reached(one.index.include) || (one.index.where?.over && targetOf(one.index.where.over) === number)),
  );
}

/** Rows that the database would change with it are said by nobody. */
function isPointedAt({ relations }: ModelPlan, { number }: EntityPlan): boolean {
  return relations.some(({ to, on, kind }) => to === number || (kind === 'm:n' && on === number));
}

async function someKey(
  tx: SqlEntityManager,
  number: number,
  { table }: EntityPlan,
): Promise<string | number | undefined> {
  const rows = await tx.execute<{ id: string | number }[]>(`select id from ${table} order by id`);
  return rows.length === 0 ? undefined : rows[number % rows.length]!.id;
}

async function someRow(
  tx: SqlEntityManager,
  { row }: Change,
  entity: EntityPlan,
  { classes }: Stage,
): Promise<Row | undefined> {
  const key = await someKey(tx, row, entity);
  return key === undefined
    ? undefined
    : (((await tx.findOne(classes[entity.number]!, key)) as Row | null) ?? undefined);
}

function stepOf(
  { relations }: ModelPlan,
  entity: EntityPlan,
  { field }: Change,
  fits: (step: Step) => boolean,
): Step | undefined {
  const steps = stepsOf(relations, entity.number).filter(fits);
  return steps[field % Math.max(1, steps.length)];
}

async function collectionOf(tx: SqlEntityManager, change: Change, entity: EntityPlan, stage: Stage) {
  const step = stepOf(stage.plan, entity, change, isMany);
  const row = step && (await someRow(tx, change, entity, stage));
  if (!row) return undefined;
  const collection = row[step.property] as Collection<Row>;
  await collection.init();
  return { step, collection };
}

/** A row with a new key; none where what it needs is not there. */
async function newRow(
  tx: SqlEntityManager,
  change: Change,
  entity: EntityPlan,
  stage: Stage,
): Promise<Row | undefined> {
  const number = stage.next();
  const data: Row = { id: entity.key === 'integer' ? number : `k${number}` };
  entity.columns.forEach((column, n) => (data[column.name] = columnValue(column, change.value + n)));
  for (const part of entity.embedded) data[part.name] = embeddedValue(part, change.value);
  for (const step of stepsOf(stage.plan.relations, entity.number)) {
    if (step.side === 'inverse' || step.relation.kind === 'm:n') continue;
    const key = await someKey(tx, change.value + change.field, stage.plan.entities[targetOf(step)]!);
    const left = step.relation.nullable && change.row % 2 === 0;
    if (key === undefined && !step.relation.nullable) return undefined;
    data[step.property] = key === undefined || left ? null : key;
  }
  return data;
}

function columnValue({ kind, nullable }: ColumnPlan, number: number): unknown {
  return nullable && number % 3 === 0 ? null : valueOf(kind, number);
}

function embeddedValue(part: EmbeddedPlan, number: number): unknown {
  if (part.nullable && number % 4 === 0) return null;
  const one = (n: number): Row => {
    const value: Row = {};
    for (const column of part.shape.columns) value[column.name] = columnValue(column, n + 1);
    const { inner } = part.shape;
    if (inner) value[inner.name] = embeddedValue(inner, n + 1);
    return value;
  };
  return part.how === 'array' ? Array.from({ length: number % 3 }, (_, n) => one(number + n)) : one(number);
}
