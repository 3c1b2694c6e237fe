import type { Transaction } from './changes.js';
import { overOf, type EntityPlan, type IncludePlan, type IndexPlan, type ModelPlan } from './plan.js';

export type Case = readonly [plan: ModelPlan, script: readonly Transaction[]];

/** The least case that still fails, by leaving out one thing after the other; `untilMs` as `Date.now()` gives it. */
export async function reduced(
  given: Case,
  fails: (candidate: Case) => Promise<boolean>,
  untilMs: number,
): Promise<Case> {
  let least = given;
  for (let smaller: Case | undefined = given; smaller !== undefined && Date.now() < untilMs;) {
    smaller = undefined;
    for (const candidate of candidates(least)) {
      if (Date.now() > untilMs) break;
      if (!(await fails(candidate))) continue;
      least = smaller = candidate;
      break;
    }
  }
  return least;
}

/** Large steps first. */
function* candidates([plan, script]: Case): Generator<Case> {
  if (script.length > 1) {
    yield [plan, script.slice(0, Math.floor(script.length / 2))];
    yield [plan, script.slice(Math.ceil(script.length / 2))];
  }
  for (const shorter of without(script)) yield [plan, shorter];
  for (const [at, transaction] of script.entries())
    for (const changes of without(transaction.changes)) yield [plan, script.with(at, { ...transaction, changes })];
  for (const [at, entity] of plan.entities.entries())
    for (const simpler of simplerEntities(entity))
      yield [{ ...plan, entities: plan.entities.with(at, simpler) }, script];
  for (const relations of without(plan.relations)) {
    const left = plan.relations.find((one) => !relations.includes(one))!;
    if (!left.key && !isUsed(plan, left.name)) yield [{ ...plan, relations }, script];
  }
}

function* without<T>(list: readonly T[]): Generator<T[]> {
  for (let at = list.length - 1; at >= 0; at -= 1) yield list.toSpliced(at, 1);
}

function* simplerEntities(entity: EntityPlan): Generator<EntityPlan> {
  if (entity.index) yield { ...entity, index: undefined };
  if (entity.embedded.length > 0) yield { ...entity, embedded: [] };
  if (entity.index) for (const index of simplerIndices(entity.index)) yield { ...entity, index };
}

function* simplerIndices(index: IndexPlan): Generator<IndexPlan> {
  for (const name of ['where', 'when', 'routing'] as const) {
    const { [name]: left, ...rest } = index;
    if (left !== undefined) yield rest;
  }
  for (const sync of index.sync) if (index.sync.length > 1) yield { ...index, sync: [sync] };
  for (const include of without(index.include)) yield { ...index, include };
  for (const [at, one] of index.include.entries()) {
    for (const inside of without(one.inside))
      yield { ...index, include: index.include.with(at, { ...one, key: true, inside }) };
    const { where, ...rest } = one;
    if (where) yield { ...index, include: index.include.with(at, rest) };
    if (one.columns.length + one.embedded.length > 0)
      yield { ...index, include: index.include.with(at, { ...one, key: true, columns: [], embedded: [] }) };
  }
}

function leadsOf({ where }: IndexPlan): string | undefined {
  return where && 'leads' in where ? where.leads.name : undefined;
}

function isUsed({ entities }: ModelPlan, relation: string): boolean {
  const among = (includes: readonly IncludePlan[]): boolean =>
    includes.some(({ step, inside }) => step.relation.name === relation || among(inside));
  return entities.some(
    ({ index }) =>
      index &&
      (among(index.include) ||
        overOf(index.where)?.relation.name === relation ||
        leadsOf(index) === relation ||
        index.routing === relation),
  );
}
