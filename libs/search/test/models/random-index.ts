import { isDeepStrictEqual } from 'node:util';
import {
  classesAt,
  columnsOfAny,
  entitiesBehind,
  foreignLeaves,
  hasStep,
  isMany,
  keyLeaves,
  stepsOf,
  rowClasses,
  targetsOf,
  type ConditionPlan,
  type EntityPlan,
  type IncludePlan,
  type IndexPlan,
  type ModelPlan,
  type ReferencePlan,
  type RelationPlan,
  type Step,
  type TestPlan,
} from './plan.js';
import type { where, include, index } from './raw-plan.js';
import { type Raw, type RawCondition } from './raw-plan.js';
import { isConcreteBase } from './random-edges.js';

export const PLAIN: Raw<typeof index> = {
  sync: ['outbox', 'after-commit'],
  include: [],
  where: undefined,
  when: undefined,
  byFilter: false,
  routing: undefined,
};

type RawInclude = Omit<Raw<typeof include>, 'inside' | 'where'> &
  Partial<Pick<Raw<typeof include>, 'inside' | 'where'>>;

/** What an index is made within. */
interface Around {
  readonly entities: readonly EntityPlan[];
  readonly relations: readonly RelationPlan[];
  readonly daring: boolean;
}

export function indexPlan(given: Raw<typeof index>, entity: EntityPlan, around: Around): IndexPlan {
  const { relations, daring } = around;
  const all = includesOf(given.include, [{ entity, classes: rowClasses(entity) }], around);
  const include = daring ? all : all.map((one) => withoutTwin(one, all));
  const where = referenceOf(given.where?.leads, entity, around) ?? conditionOf(given.where?.condition, entity, around);
  const when = conditionOf(given.when && { ...given.when, over: undefined }, entity, around);
  const routings = [
    ...entity.columns.filter(({ kind, nullable }) => ROUTED.includes(kind) && !nullable).map(({ name }) => name),
    ...relations
      .filter(({ on, kind, nullable, onClass, unheld }) => {
        return on === entity.number && kind !== 'm:n' && !nullable && onClass === undefined && !unheld;
      })
      .map(({ name }) => name),
  ];
  const routing = given.routing === undefined ? undefined : routings[given.routing % Math.max(1, routings.length)];
  return {
    sync: given.sync,
    byFilter: given.byFilter,
    include,
    ...(where ? { where } : {}),
    ...(when ? { when } : {}),
    ...(routing === undefined ? {} : { routing }),
  };
}

/** A collection with `where` that another path embeds whole is refused. */
function withoutTwin(one: IncludePlan, all: readonly IncludePlan[]): IncludePlan {
  const { property, relation, side } = one.step;
  const isOther = ({ step }: IncludePlan): boolean =>
    relation.kind === 'm:n' && step.relation.name === relation.name && step.side !== side;
  const within = (includes: readonly IncludePlan[], fits: (each: IncludePlan) => boolean): boolean =>
    includes.some((each) => fits(each) || within(each.inside, fits));
  const again = all.some(({ inside }) => within(inside, ({ step }) => step.property === property));
  const twin =
    again ||
    within(
      all.filter((each) => each !== one),
      isOther,
    );
  return twin ? { ...one, where: undefined } : one;
}

/** An entity at the end of a path, and the classes that its rows are of. */
interface End {
  readonly entity: EntityPlan;
  readonly classes: readonly (number | undefined)[];
}

/** Each property once. */
function includesOf(given: readonly RawInclude[], at: readonly End[], around: Around): readonly IncludePlan[] {
  const { entities, relations, daring } = around;
  const found = at.flatMap(({ entity, classes }) =>
    stepsOf(relations, entity.number).filter((step) => classes.some((cls) => hasStep(entity, cls, step))),
  );
  const steps = [...new Map(found.map((step) => [step.property, step])).values()];
  if (steps.length === 0) return [];
  const plans = new Map<string, IncludePlan>();
  for (const one of given) {
    const step = steps[one.step % steps.length]!;
    const ends = targetsOf(step).map((number): End => {
      const entity = entities[number]!;
      return { entity, classes: classesAt(step, entity) };
    });
    const target = ends[0]!.entity;
    const names = columnNames(ends, daring);
    const chosen = names.filter((_, n) => (one.columns >> n) & 1);
    const parts = embeddedNames(ends, daring).filter((_, n) => (one.embedded >> n) & 1);
    const inside = includesOf(one.inside ?? [], ends, around);
    const empty = chosen.length + parts.length + inside.length === 0;
    const columns = empty && target.key.length === 0 ? names.slice(0, 1) : chosen;
    const key = (one.key || empty) && target.key.length > 0;
    if (!key && columns.length + parts.length + inside.length === 0) continue;
    const filtered = isMany(step) && (daring || !isUnfiltered(step, around));
    const where = filtered ? conditionOf(one.where && { ...one.where, over: undefined }, target, around) : undefined;
    plans.set(step.property, { step, columns, embedded: parts, key, inside, ...(where ? { where } : {}) });
  }
  return [...plans.values()];
}

/** The ORM leaves conditions out of such a collection. */
function isUnfiltered({ side, relation }: Step, { entities, relations }: Around): boolean {
  if (side === 'owner' || !relation.others) return false;
  const plan = { entities, relations };
  return foreignLeaves(plan, relation).length > 1 || !haveOneName(entitiesBehind(relation), plan);
}

/** Columns of rows of any of these entities; two of one name and two types are refused. */
function columnNames(ends: readonly End[], daring: boolean): readonly string[] {
  const all = ends.flatMap(({ entity, classes }) => columnsOfAny(entity, classes));
  const fit = (name: string): boolean => {
    const same = all
      .filter((one) => one.name === name)
      .map(({ kind, indexed }) => [kind, kind !== 'strings' || indexed]);
    return same.every((one) => isDeepStrictEqual(one, same[0]));
  };
  const names = [...new Set(all.map(({ name }) => name))];
  return daring || ends.length === 1 ? names : names.filter(fit);
}

function embeddedNames(ends: readonly End[], daring: boolean): readonly string[] {
  const names = ends.flatMap(({ entity }) => entity.embedded.map(({ name }) => name));
  return [...new Set(names)].filter((name) => daring || names.filter((one) => one === name).length === 1);
}

/** By a foreign key of one column: SQLite compares no others with null. */
function referenceOf(
  given: Raw<typeof where>['leads'],
  { number }: EntityPlan,
  { entities, relations }: Around,
): ReferencePlan | undefined {
  const fitting = relations.filter(
    (one) =>
      one.on === number &&
      one.kind !== 'm:n' &&
      !one.key &&
      one.onClass === undefined &&
      foreignLeaves({ entities, relations }, one).length === 1,
  );
  const leads = given && fitting[given.relation % Math.max(1, fitting.length)];
  return leads && { leads, test: { test: given.isNull ? 'null' : 'notNull' } };
}

function conditionOf(given: RawCondition | undefined, entity: EntityPlan, around: Around): ConditionPlan | undefined {
  if (!given) return undefined;
  const { entities, relations, daring } = around;
  const steps: readonly Step[] = stepsOf(relations, entity.number).filter(
    ({ relation, side }) => side === 'inverse' || relation.onClass === undefined,
  );
  const chosenStep = given.over === undefined || steps.length === 0 ? undefined : steps[given.over % steps.length];
  const over = chosenStep && (daring || isCompared(chosenStep, entity, around)) ? chosenStep : undefined;
  const of = over ? entities[targetsOf(over)[0]!]! : entity;
  const columns = of.columns.filter(({ kind }) => COMPARED.includes(kind));
  const chosen = columns[given.column % Math.max(1, columns.length)];
  if (!chosen) return undefined;
  // A relation without a row, and a row without a value, are one to SQL.
  const test: TestPlan = over && given.test.test === 'null' ? { test: 'notNull' } : given.test;
  return { column: chosen, test, ...(over ? { over } : {}) };
}

/**
 * SQLite compares no key of several columns with the rows of a collection; the ORM joins a base with rows of its own alone, and
 * of several entities the first, by whose key it joins the other side of all.
 */
function isCompared(step: Step, entity: EntityPlan, { entities, relations }: Around): boolean {
  if (isConcreteBase(entities[targetsOf(step)[0]!]!.tree) || targetsOf(step).length > 1) return false;
  if (step.relation.others && !haveOneName(entitiesBehind(step.relation), { entities, relations })) return false;
  return !isMany(step) || keyLeaves({ entities, relations }, entity.number).length === 1;
}

function haveOneName(numbers: readonly number[], plan: ModelPlan): boolean {
  const names = numbers.map((number) => keyLeaves(plan, number).map(({ name }) => name));
  return names.every((one) => isDeepStrictEqual(one, names[0]));
}

const ROUTED: readonly string[] = ['integer', 'enum'];

const COMPARED: readonly string[] = ['string', 'integer', 'boolean', 'enum', 'double'];
