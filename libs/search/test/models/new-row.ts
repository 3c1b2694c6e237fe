import type { SqlEntityManager } from '@mikro-orm/libsql';
import type { Change } from './changes.js';
import { BASE_KIND, type EntityClass, type Row } from './orm-model.js';
import {
  columnsOf,
  foreignLeaves,
  hasStep,
  rowClasses,
  stepsOf,
  valueOf,
  type ColumnPlan,
  type EmbeddedPlan,
  type EntityPlan,
} from './plan.js';
import type { Stage } from './stage.js';
import { type Key, whereOf, someTarget, foreignKey } from './pick-rows.js';

interface NewRow {
  readonly cls: EntityClass;
  readonly data: Row;
  readonly key: Key;
}

/** A row with a new key; none where what it needs is not there. @param links how related rows are given */
export async function newRow(
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
export function keyValue(kind: 'integer' | 'string', number: number): string | number {
  return kind === 'integer' ? number : `k:${String(number).padStart(4, '0')}~`;
}

export function columnValue({ kind, nullable }: ColumnPlan, number: number): unknown {
  return nullable && number % 3 === 0 ? null : valueOf(kind, number);
}

export function embeddedValue(part: EmbeddedPlan, number: number): unknown {
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
