import { DriverException, ValidationError, type Collection, type EntityManager } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/libsql';
import type { SearchService } from '@rookery/search';
import type { Change, Transaction } from './changes.js';
import { BASE_KIND, type EntityClass, type OrmModel, type Row } from './orm-model.js';
import {
  classesAt,
  columnsOf,
  entitiesBehind,
  foreignLeaves,
  hasStep,
  isMany,
  keyLeaves,
  overOf,
  rowClasses,
  stepsOf,
  targetsOf,
  typeColumn,
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
export interface Stage extends Omit<OrmModel, 'schemas'> {
  readonly plan: ModelPlan;
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
    // The ORM writes the table of such a row, and not its key, where the row is known; and neither of plain data.
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

/** Rows that the database would change with it are said by nobody. */
function isPointedAt({ relations }: ModelPlan, { number }: EntityPlan): boolean {
  return relations.some(
    ({ to, on, kind, others, unheld }) => (to === number && !others && !unheld) || (kind === 'm:n' && on === number),
  );
}

/** The columns of a key, as SQL gives them; with the class in trees of one table. */
type Key = Readonly<Record<string, string | number>>;

async function someKey(
  tx: SqlEntityManager,
  number: number,
  { number: entity, table, tree }: EntityPlan,
  { plan }: Stage,
): Promise<Key | undefined> {
  const leaves = keyLeaves(plan, entity).map(({ name }) => name);
  const columns = [...leaves, ...(tree?.how === 'sti' ? ['kind'] : [])].join(', ');
  const rows = await tx.execute<Key[]>(`select ${columns} from ${table} order by ${leaves.join(', ')}`);
  return rows.length === 0 ? undefined : rows[number % rows.length];
}

/** The condition that a key is, as the ORM has it: relations in it by the keys of their targets. */
function whereOf({ plan }: Stage, entity: EntityPlan, key: Key, prefix = ''): Row {
  const columns = entity.key.map(({ name }) => [name, key[`${prefix}${name}`]] as const);
  const relations = plan.relations
    .filter(({ on, key: part }) => part && on === entity.number)
    .map(({ name, to }) => [name, whereOf({ plan } as Stage, plan.entities[to]!, key, `${prefix}${name}_`)] as const);
  return Object.fromEntries<unknown>([...columns, ...relations]);
}

/** The same as data of a statement: relations by their key, or the list of its columns. */
function dataOfKey({ plan }: Stage, entity: EntityPlan, key: Key): Row {
  const columns = entity.key.map(({ name }) => [name, key[name]] as const);
  const relations = plan.relations
    .filter(({ on, key: part }) => part && on === entity.number)
    .map(
      (relation) => [relation.name, foreignKey(foreignLeaves(plan, relation).map(({ name }) => key[name]))] as const,
    );
  return Object.fromEntries<unknown>([...columns, ...relations]);
}

interface Target {
  readonly entity: EntityPlan;
  readonly key: Key;
  /** Of the columns that lead there. */
  readonly values: readonly unknown[];
}

/** A row that the owner of a relation can lead to: of several entities, the first one from `number` on that has rows. */
async function someTarget(
  tx: SqlEntityManager,
  number: number,
  { relation }: Step,
  stage: Stage,
): Promise<Target | undefined> {
  const ends = entitiesBehind(relation);
  for (let n = 0; n < ends.length; n += 1) {
    const entity = stage.plan.entities[ends[(number + n) % ends.length]!]!;
    const key = await someKey(tx, number, entity, stage);
    if (!key) continue;
    const values = keyLeaves(stage.plan, entity.number).map(({ name }) => key[name]);
    return { entity, key, values: relation.others ? [entity.table, ...values] : values };
  }
  return undefined;
}

/** The key of a row that is gone, and that no foreign key kept from going. */
async function lostKey(
  tx: SqlEntityManager,
  { entity: from }: Change,
  { plan }: Stage,
): Promise<{ readonly entity: EntityPlan; readonly key: Key } | undefined> {
  for (const relation of plan.relations.filter(({ others, unheld }) => others || unheld)) {
    const { table, tree } = plan.entities[relation.on]!;
    const of = tree?.how === 'tpt' && relation.onClass !== undefined ? `_${tree.classes[relation.onClass]!.name}` : '';
    const foreign = foreignLeaves(plan, relation).map(({ name }) => name);
    const rows = await tx.execute<Record<string, string | number | null>[]>(
      `select ${[...(relation.others ? [typeColumn(relation)] : []), ...foreign].join(', ')} from ${table}${of}`,
    );
    for (const row of [...rows.slice(from), ...rows.slice(0, from)]) {
      const target = relation.others
        ? plan.entities.find((one) => one.table === row[typeColumn(relation)])
        : plan.entities[relation.to];
      const leaves = target && keyLeaves(plan, target.number);
      if (!leaves || leaves.length > target.key.length || foreign.some((name) => row[name] === null)) continue;
      const key = Object.fromEntries(leaves.map(({ name }, n) => [name, row[foreign[n]!]!]));
      const condition = leaves.map(({ name }) => `${name} = ?`).join(' and ');
      const found = await tx.execute<object[]>(`select 1 from ${target.table} where ${condition}`, Object.values(key));
      if (found.length === 0) return { entity: target, key };
    }
  }
  return undefined;
}

function isMovable({ relation, side }: Step): boolean {
  return relation.kind !== 'm:n' && side === 'owner' && !relation.key;
}

function foreignKey(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}

async function someRow(
  tx: SqlEntityManager,
  { row }: Pick<Change, 'row'>,
  entity: EntityPlan,
  stage: Stage,
): Promise<Row | undefined> {
  const key = await someKey(tx, row, entity, stage);
  if (key === undefined) return undefined;
  const found: unknown = await tx.findOne(stage.classes[entity.number]!, whereOf(stage, entity, key));
  return (found as Row | null) ?? undefined;
}

/** The class of a row, by its number in the tree. */
function classOf(row: Row, { number }: EntityPlan, { below }: Stage): number | undefined {
  const at = below[number]!.findIndex((cls) => (row as object).constructor === cls);
  return at < 0 ? undefined : at;
}

/** Whether a row can be at the other end of a step: rows of other classes of its tree have no such relation. */
function belongs(step: Step, row: Row, entity: EntityPlan, stage: Stage): boolean {
  return classesAt(step, entity).includes(classOf(row, entity, stage));
}

function stepOf(
  stage: Stage,
  entity: EntityPlan,
  { field }: Change,
  row: Row,
  fits: (step: Step) => boolean,
): Step | undefined {
  const cls = classOf(row, entity, stage);
  const steps = stepsOf(stage.plan.relations, entity.number).filter((step) => fits(step) && hasStep(entity, cls, step));
  return steps[field % Math.max(1, steps.length)];
}

async function collectionOf(tx: SqlEntityManager, change: Change, entity: EntityPlan, stage: Stage) {
  const row = await someRow(tx, change, entity, stage);
  const step = row && stepOf(stage, entity, change, row, (one) => isMany(one) && !one.relation.key);
  if (!step) return undefined;
  const collection = row[step.property] as Collection<Row>;
  await collection.init();
  return { step, collection };
}

interface NewRow {
  readonly cls: EntityClass;
  readonly data: Row;
  readonly key: Key;
}

/** A row with a new key; none where what it needs is not there. @param links how related rows are given */
async function newRow(
  tx: SqlEntityManager,
  change: Change,
  entity: EntityPlan,
  stage: Stage,
  links: 'entities' | 'keys',
  given?: Key,
): Promise<NewRow | undefined> {
  const classes = rowClasses(entity);
  const cls = classes[change.row % classes.length];
  const key: Record<string, string | number> = {};
  const data: Row = {};
  for (const { name, kind } of entity.key) data[name] = key[name] = given?.[name] ?? keyValue(kind, stage.next());
  if (entity.tree?.how === 'sti') data['kind'] = cls === undefined ? BASE_KIND : entity.tree.classes[cls]!.name;
  columnsOf(entity, cls).forEach((column, n) => (data[column.name] = columnValue(column, change.value + n)));
  for (const part of entity.embedded) data[part.name] = embeddedValue(part, change.value);
  if (!(await addForeignKeys(tx, change, { entity, cls, stage, links, data, key }))) return undefined;
  return { cls: cls === undefined ? stage.classes[entity.number]! : stage.below[entity.number]![cls]!, data, key };
}

interface Unlinked {
  readonly entity: EntityPlan;
  readonly cls: number | undefined;
  readonly stage: Stage;
  readonly links: 'entities' | 'keys';
  readonly data: Row;
  readonly key: Record<string, string | number>;
}

/** @returns whether there is what the row needs */
async function addForeignKeys(
  tx: SqlEntityManager,
  change: Change,
  { entity, cls, stage, links, data, key }: Unlinked,
): Promise<boolean> {
  const { plan } = stage;
  for (const step of stepsOf(plan.relations, entity.number)) {
    const { relation, side } = step;
    if (side === 'inverse' || relation.kind === 'm:n' || !hasStep(entity, cls, step)) continue;
    const number = change.value + change.field + (relation.key ? change.row : 0);
    const found = await someTarget(tx, number, step, stage);
    const left = relation.nullable && change.row % 2 === 0;
    if (!found && !relation.nullable) return false;
    if (relation.key) foreignLeaves(plan, relation).forEach(({ name }, n) => (key[name] = found!.values[n] as string));
    if (!found || left) data[relation.name] = null;
    else if (links === 'keys') data[relation.name] = foreignKey(found.values);
    else {
      const { entity: target, key: of } = found;
      data[relation.name] = await tx.findOne(stage.classes[target.number]!, whereOf(stage, target, of));
    }
  }
  return true;
}

/** Texts hold what ids escape, and have one length: so every database has them in one order. */
function keyValue(kind: 'integer' | 'string', number: number): string | number {
  return kind === 'integer' ? number : `k:${String(number).padStart(4, '0')}~`;
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
