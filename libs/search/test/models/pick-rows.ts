import type { Collection } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/libsql';
import type { Change } from './changes.js';
import type { Row } from './orm-model.js';
import {
  classesAt,
  entitiesBehind,
  foreignLeaves,
  hasStep,
  isMany,
  keyLeaves,
  stepsOf,
  typeColumn,
  type EntityPlan,
  type Step,
} from './plan.js';
import type { Stage } from './stage.js';

/** The columns of a key, as SQL gives them; with the class in trees of one table. */
export type Key = Readonly<Record<string, string | number>>;

export async function someKey(
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
export function whereOf({ plan }: Stage, entity: EntityPlan, key: Key, prefix = ''): Row {
  const columns = entity.key.map(({ name }) => [name, key[`${prefix}${name}`]] as const);
  const relations = plan.relations
    .filter(({ on, key: part }) => part && on === entity.number)
    .map(({ name, to }) => [name, whereOf({ plan } as Stage, plan.entities[to]!, key, `${prefix}${name}_`)] as const);
  return Object.fromEntries<unknown>([...columns, ...relations]);
}

/** The same as data of a statement: relations by their key, or the list of its columns. */
export function dataOfKey({ plan }: Stage, entity: EntityPlan, key: Key): Row {
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
export async function someTarget(
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
export async function lostKey(
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

export function isMovable({ relation, side }: Step): boolean {
  return relation.kind !== 'm:n' && side === 'owner' && !relation.key;
}

export function foreignKey(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}

export async function someRow(
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
export function classOf(row: Row, { number }: EntityPlan, { below }: Stage): number | undefined {
  const at = below[number]!.findIndex((cls) => (row as object).constructor === cls);
  return at < 0 ? undefined : at;
}

/** Whether a row can be at the other end of a step: rows of other classes of its tree have no such relation. */
export function belongs(step: Step, row: Row, entity: EntityPlan, stage: Stage): boolean {
  return classesAt(step, entity).includes(classOf(row, entity, stage));
}

export function stepOf(
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

export async function collectionOf(tx: SqlEntityManager, change: Change, entity: EntityPlan, stage: Stage) {
  const row = await someRow(tx, change, entity, stage);
  const step = row && stepOf(stage, entity, change, row, (one) => isMany(one) && !one.relation.key);
  if (!step) return undefined;
  const collection = row[step.property] as Collection<Row>;
  await collection.init();
  return { step, collection };
}
