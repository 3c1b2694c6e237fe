import fc from 'fast-check';
import {
  isMany,
  KINDS,
  stepsOf,
  targetOf,
  type ColumnPlan,
  type ConditionPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type IndexPlan,
  type ModelPlan,
  type RelationPlan,
  type Step,
  type TestPlan,
} from './plan.js';

const column = fc.record({ kind: fc.constantFrom(...KINDS), nullable: fc.boolean(), indexed: fc.boolean() });
const how = fc.constantFrom('inline', 'object', 'array');
const shape = fc.array(column, { minLength: 1, maxLength: 2 });
const embedded = fc.record({
  how,
  nullable: fc.boolean(),
  indexed: fc.boolean(),
  columns: shape,
  inner: fc.option(fc.record({ how, columns: shape, indexed: fc.boolean() }), { nil: undefined }),
});
const test = fc.oneof(
  fc.record({ test: fc.constantFrom('equals', 'differs', 'atLeast'), value: fc.nat(2) }),
  fc.record({ test: fc.constantFrom('null', 'notNull') }),
) as fc.Arbitrary<TestPlan>;
const condition = fc.record({ column: fc.nat(5), test, over: fc.option(fc.nat(5), { nil: undefined }) });
const include = fc.record({
  step: fc.nat(9),
  columns: fc.nat(15),
  embedded: fc.nat(3),
  key: fc.boolean(),
  where: fc.option(condition, { nil: undefined }),
  inside: fc.array(fc.record({ step: fc.nat(9), columns: fc.nat(15), embedded: fc.nat(3), key: fc.boolean() }), {
    maxLength: 2,
  }),
});
const index = fc.record({
  sync: fc.constantFrom(['outbox'] as const, ['after-commit'] as const, ['outbox', 'after-commit'] as const),
  include: fc.array(include, { maxLength: 3 }),
  where: fc.option(condition, { nil: undefined }),
  when: fc.option(condition, { nil: undefined }),
  byFilter: fc.boolean(),
  routing: fc.option(fc.nat(5), { nil: undefined }),
});
const entity = fc.record({
  key: fc.constantFrom('integer', 'string'),
  columns: fc.array(column, { minLength: 1, maxLength: 3 }),
  embedded: fc.array(embedded, { maxLength: 1 }),
  index: fc.option(index, { nil: undefined }),
});
const relation = fc.record({
  kind: fc.constantFrom('m:1', 'm:1', '1:1', 'm:n'),
  on: fc.nat(5),
  to: fc.nat(5),
  nullable: fc.boolean(),
  inverse: fc.boolean(),
});

type Raw<A> = A extends fc.Arbitrary<infer T> ? T : never;
type RawCondition = Raw<typeof condition>;

const raw = fc.record({
  entities: fc.array(entity, { minLength: 3, maxLength: 6 }),
  relations: fc.array(relation, { minLength: 1, maxLength: 7 }),
});

/** Models of 3 to 6 entities, of which the first is indexed. */
export const plans: fc.Arbitrary<ModelPlan> = raw.map(({ entities, relations: edges }) => {
  const count = entities.length;
  const relations = edges.map((edge, n): RelationPlan => {
    const ends = [edge.on % count, edge.to % count] as const;
    // A row points to rows of earlier tables, or of its own: the ORM's generator makes no circles of tables on SQLite.
    const [on, to] = edge.kind === 'm:n' ? ends : [Math.max(...ends), Math.min(...ends)];
    return {
      ...edge,
      kind: edge.kind,
      name: `r${n}`,
      on,
      to,
      nullable: edge.nullable || to === on,
    };
  });
  const bare = entities.map((one, number): EntityPlan => ({
    number,
    table: `t${number}`,
    key: one.key,
    columns: named(one.columns, 'c'),
    embedded: one.embedded.map((part, n) => embeddedPlan(part, `e${n}`)),
    index: undefined,
  }));
  const indexed = bare.map((one, n) => {
    const given =
      entities[n]!.index ??
      (n === 0
        ? {
            sync: ['outbox'] as const,
            include: [],
            where: undefined,
            when: undefined,
            byFilter: false,
            routing: undefined,
          }
        : undefined);
    return given ? { ...one, index: indexPlan(given, one, bare, relations) } : one;
  });
  return { entities: indexed, relations };
});

function named(columns: readonly Raw<typeof column>[], letter: string): readonly ColumnPlan[] {
  return columns.map((one, n) => ({ ...one, name: `${letter}${n}` }));
}

function embeddedPlan(part: Raw<typeof embedded>, name: string): EmbeddedPlan {
  const { inner } = part;
  return {
    name,
    how: part.how,
    nullable: part.nullable,
    indexed: part.indexed,
    shape: {
      columns: named(part.columns, 'p'),
      ...(inner
        ? {
            inner: {
              name: 'in',
              how: inner.how,
              nullable: true,
              indexed: inner.indexed,
              shape: { columns: named(inner.columns, 'q') },
            },
          }
        : {}),
    },
  };
}

type RawInclude = Omit<Raw<typeof include>, 'inside' | 'where'> &
  Partial<Pick<Raw<typeof include>, 'inside' | 'where'>>;

function indexPlan(
  given: Raw<typeof index>,
  entity: EntityPlan,
  entities: readonly EntityPlan[],
  relations: readonly RelationPlan[],
): IndexPlan {
  const include = includesOf(given.include, entity.number, entities, relations);
  const where = conditionOf(given.where, entity, entities, relations);
  const when = conditionOf(given.when && { ...given.when, over: undefined }, entity, entities, relations);
  const routings = [
    ...entity.columns.filter(({ kind, nullable }) => ROUTED.includes(kind) && !nullable).map(({ name }) => name),
    ...relations
      .filter(({ on, kind, nullable }) => on === entity.number && kind !== 'm:n' && !nullable)
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

/** Each property once. */
function includesOf(
  given: readonly RawInclude[],
  entity: number,
  entities: readonly EntityPlan[],
  relations: readonly RelationPlan[],
): readonly IncludePlan[] {
  const steps = stepsOf(relations, entity);
  if (steps.length === 0) return [];
  const plans = new Map<string, IncludePlan>();
  for (const one of given) {
    const step = steps[one.step % steps.length]!;
    const target = entities[targetOf(step)]!;
    const columns = target.columns.filter((_, n) => (one.columns >> n) & 1).map(({ name }) => name);
    const parts = target.embedded.filter((_, n) => (one.embedded >> n) & 1).map(({ name }) => name);
    const inside = includesOf(one.inside ?? [], target.number, entities, relations);
    const empty = columns.length + parts.length + inside.length === 0;
    const where = isMany(step)
      ? conditionOf(one.where && { ...one.where, over: undefined }, target, entities, relations)
      : undefined;
    plans.set(step.property, {
      step,
      columns,
      embedded: parts,
      key: one.key || empty,
      inside,
      ...(where ? { where } : {}),
    });
  }
  return [...plans.values()];
}

function conditionOf(
  given: RawCondition | undefined,
  entity: EntityPlan,
  entities: readonly EntityPlan[],
  relations: readonly RelationPlan[],
): ConditionPlan | undefined {
  if (!given) return undefined;
  const steps: readonly Step[] = stepsOf(relations, entity.number);
  const over = given.over === undefined || steps.length === 0 ? undefined : steps[given.over % steps.length];
  const of = over ? entities[targetOf(over)]! : entity;
  const columns = of.columns.filter(({ kind }) => COMPARED.includes(kind));
  const chosen = columns[given.column % Math.max(1, columns.length)];
  if (!chosen) return undefined;
  // A relation without a row, and a row without a value, are one to SQL.
  const test: TestPlan = over && given.test.test === 'null' ? { test: 'notNull' } : given.test;
  return { column: chosen, test, ...(over ? { over } : {}) };
}

const ROUTED: readonly string[] = ['integer', 'enum'];

const COMPARED: readonly string[] = ['string', 'integer', 'boolean', 'enum', 'double'];
