import { DriverException, ValidationError, type EntityManager } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/libsql';
import type { Change, Transaction } from './changes.js';
import type { EntityClass } from './orm-model.js';
import {
  classesAt,
  columnsOf,
  overOf,
  rowClasses,
  targetsOf,
  type EntityPlan,
  type IncludePlan,
  type ModelPlan,
  type Step,
} from './plan.js';
import type { Stage } from './stage.js';
import {
  someKey,
  whereOf,
  dataOfKey,
  someTarget,
  lostKey,
  isMovable,
  foreignKey,
  someRow,
  classOf,
  belongs,
  stepOf,
  collectionOf,
} from './pick-rows.js';
import { newRow, keyValue, columnValue, embeddedValue } from './new-row.js';

/** Rows of each entity before the script begins. */
const FIRST_ROWS = 3;

/** What there is to change: each in a transaction of its own, so that one which is refused rolls back no other. */
export function prologue({ entities }: ModelPlan): readonly Transaction[] {
  return entities.flatMap((_, entity) =>
    Array.from({ length: FIRST_ROWS }, (_each, n): Transaction => {
      const create: Change = { operation: 'create', entity, row: n, field: n, value: 2 * n + entity, flush: true };
      return { changes: [create], rollback: false };
    }),
  );
}

class RolledBack extends Error {}

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
  const alone = change.operation === 'delete' || change.operation === 'rekey';
  if (change.flush || alone) await tx.flush();
  // Rows that the database deleted or changed with it are read anew.
  if (alone) tx.clear();
}

type Operation = (tx: SqlEntityManager, change: Change, entity: EntityPlan, stage: Stage) => Promise<void>;

const OPERATIONS: Readonly<Record<Change['operation'], Operation>> = {
  async create(tx, change, entity, stage) {
    const given = await newRow(tx, change, entity, stage, 'entities');
    if (given) tx.persist(tx.create(given.cls, given.data as never, { partial: true }));
  },

  async change(tx, change, entity, stage) {
    const row = await someRow(tx, change, entity, stage);
    if (!row) return;
    const columns = columnsOf(entity, classOf(row, entity, stage));
    const column = columns[change.field % columns.length]!;
    row[column.name] = columnValue(column, change.value);
  },

  async rekey(tx, change, entity, stage) {
    const [column] = entity.key;
    if (!column) return;
    await tx.flush();
    const row = await someRow(tx, change, entity, stage);
    if (row) row[column.name] = keyValue(column.kind, stage.next());
  },

  async embed(tx, change, entity, stage) {
    const row = await someRow(tx, change, entity, stage);
    const [part] = entity.embedded;
    if (row && part) tx.assign(row, { [part.name]: embeddedValue(part, change.value) } as never);
  },

  async move(tx, change, entity, stage) {
    const row = await someRow(tx, change, entity, stage);
    const step = row && stepOf(stage, entity, change, row, isMovable);
    if (!step) return;
    if (change.value % 4 === 0 && step.relation.nullable) row[step.property] = null;
    else {
      const found = await someTarget(tx, change.value, step, stage);
      const other = found && (await someRow(tx, { row: change.value }, found.entity, stage));
      row[step.property] = other ?? row[step.property];
    }
  },

  async link(tx, change, entity, stage) {
    const found = await collectionOf(tx, change, entity, stage);
    const target = found && stage.plan.entities[targetsOf(found.step)[0]!]!;
    const other = target && (await someRow(tx, { row: change.value }, target, stage));
    if (other && belongs(found.step, other, target, stage)) found.collection.add(other);
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
    const target = stage.plan.entities[targetsOf(found.step)[0]!]!;
    const other = change.value % 3 === 0 ? undefined : await someRow(tx, { row: change.value }, target, stage);
    if (other && belongs(found.step, other, target, stage)) found.collection.set([other]);
    else found.collection.removeAll();
  },

  async insertNative(tx, change, entity, stage) {
    await tx.flush();
    const given = await newRow(tx, change, entity, stage, 'keys');
    if (!given || entity.embedded.length > 0 || entity.tree?.how === 'tpt') return;
    await tx.insert(given.cls, given.data);
    const cls = stage.below[entity.number]!.indexOf(given.cls);
    if (isHeld(stage.plan, entity, [cls < 0 ? undefined : cls]))
      await stage.search.sync.touch(given.cls, whereOf(stage, entity, given.key), { em: tx });
  },

  async delete(tx, change, entity, stage) {
    await tx.flush();
    const row = await someRow(tx, change, entity, stage);
    if (row) tx.remove(row);
  },

  /** A row with the key of one that is gone, to which some row still leads. */
  async restore(tx, change, _entity, stage) {
    await tx.flush();
    const lost = await lostKey(tx, change, stage);
    const given = lost && (await newRow(tx, change, lost.entity, stage, 'entities', lost.key));
    if (given) tx.persist(tx.create(given.cls, given.data as never, { partial: true }));
  },

  async moveNative(tx, change, entity, stage) {
    await tx.flush();
    const row = await someRow(tx, change, entity, stage);
    const key = await someKey(tx, change.row, entity, stage);
    const step = row && stepOf(stage, entity, change, row, isMovable);
    if (!step || !key || entity.tree?.how === 'tpt') return;
    const { relation } = step;
    const to =
      change.value % 4 === 0 && relation.nullable ? undefined : await someTarget(tx, change.value, step, stage);
    if (!to && !relation.nullable) return;
    const cls = (row as object).constructor as EntityClass;
    const where = whereOf(stage, entity, key);
    tx.clear();
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, where, { em: tx });
    await tx.nativeUpdate(cls, where, { [relation.name]: to ? foreignKey(to.values) : null } as never);
  },

  async upsert(tx, change, entity, stage) {
    await tx.flush();
    const given = await newRow(tx, change, entity, stage, 'keys');
    if (!given || entity.embedded.length > 0 || entity.tree?.how === 'tpt') return;
    const known = change.value % 2 ? await someKey(tx, change.row, entity, stage) : undefined;
    // A row does not become one of another class.
    const fits = known && (entity.tree === undefined || known['kind'] === given.data['kind']);
    const several = stage.plan.relations.filter(({ name, others }) => others && given.data[name] !== undefined);
    // The ORM writes the table of such a row, and not its key, where the row is loaded; and neither of plain data.
    if (fits) for (const { name } of several) delete given.data[name];
    if (fits) await tx.upsert(given.cls, { ...given.data, ...dataOfKey(stage, entity, known) });
    else if (several.length === 0) await tx.upsert(given.cls, given.data);
    else {
      const made = await newRow(tx, change, entity, stage, 'entities');
      if (made) await tx.upsert(tx.create(made.cls, made.data as never, { partial: true, persist: false }));
    }
  },

  async nativeUpdate(tx, change, entity, stage) {
    await tx.flush();
    const key = await someKey(tx, change.row, entity, stage);
    if (key === undefined || entity.tree?.how === 'tpt') return;
    const cls = stage.classes[entity.number]!;
    const where = whereOf(stage, entity, key);
    const column = entity.columns[change.field % entity.columns.length]!;
    await tx.nativeUpdate(cls, where, { [column.name]: columnValue(column, change.value) } as never);
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, where, { em: tx });
    tx.clear();
  },

  async nativeDelete(tx, change, entity, stage) {
    await tx.flush();
    const key = await someKey(tx, change.row, entity, stage);
    if (key === undefined || isPointedAt(stage.plan, entity) || entity.tree?.how === 'tpt') return;
    const cls = stage.classes[entity.number]!;
    const where = whereOf(stage, entity, key);
    if (isHeld(stage.plan, entity)) await stage.search.sync.touch(cls, where, { em: tx, deleting: true });
    await tx.nativeDelete(cls, where);
    tx.clear();
  },
};

/** Whether some document is of it, embeds it or depends on it: what else is touched is refused. */
function isHeld({ entities }: ModelPlan, entity: EntityPlan, classes = rowClasses(entity)): boolean {
  const { number, index } = entity;
  if (index) return true;
  const isThere = (step: Step): boolean => classesAt(step, entity).some((cls) => classes.includes(cls));
  // Rows of a pivot entity are members of the collection.
  const leadsTo = (step: Step): boolean =>
    (targetsOf(step).includes(number) && isThere(step)) || step.relation.pivot === number;
  const reached = (includes: readonly IncludePlan[]): boolean =>
    includes.some(({ step, inside }) => leadsTo(step) || reached(inside));
  return entities.some(
    ({ index: of }) => of && (reached(of.include) || [overOf(of.where)].some((over) => over && leadsTo(over))),
  );
}

/** Rows that the database would change with it are reported by nothing. */
function isPointedAt({ relations }: ModelPlan, { number }: EntityPlan): boolean {
  return relations.some(
    ({ to, on, kind, others, unheld }) => (to === number && !others && !unheld) || (kind === 'm:n' && on === number),
  );
}
