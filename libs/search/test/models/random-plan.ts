import fc from 'fast-check';
import {
  classesAt,
  columnsOfAny,
  hasStep,
  isMany,
  KINDS,
  stepsOf,
  rowClasses,
  targetOf,
  type ColumnPlan,
  type ConditionPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type IndexPlan,
  type KeyColumnPlan,
  type ModelPlan,
  type RelationPlan,
  type Step,
  type TestPlan,
  type TreePlan,
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
  columns: fc.nat(63),
  embedded: fc.nat(3),
  key: fc.boolean(),
  where: fc.option(condition, { nil: undefined }),
  inside: fc.array(fc.record({ step: fc.nat(9), columns: fc.nat(63), embedded: fc.nat(3), key: fc.boolean() }), {
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
const below = fc.record({ extends: fc.nat(3), columns: fc.array(column, { maxLength: 2 }) });
const tree = fc.record({
  how: fc.constantFrom('sti', 'tpt'),
  abstract: fc.constantFrom(true, true, true, false),
  classes: fc.array(below, { minLength: 1, maxLength: 3 }),
  /** A column of one name in all classes: of one kind, or of two. */
  shared: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'one', 'one', 'one', 'two'),
});
const entity = fc.record({
  key: fc.constantFrom('integer', 'integer', 'string', 'pair', 'relation', 'relation and column'),
  tree: fc.option(tree, { nil: undefined, freq: 3 }),
  columns: fc.array(column, { minLength: 1, maxLength: 3 }),
  embedded: fc.array(embedded, { maxLength: 1 }),
  index: fc.option(index, { nil: undefined }),
});
const relation = fc.record({
  kind: fc.constantFrom('m:1', 'm:1', '1:1', 'm:n'),
  onClass: fc.option(fc.nat(2), { nil: undefined, freq: 2 }),
  pivot: fc.option(
    fc.record({ columns: shape, inverse: fc.tuple(fc.boolean(), fc.boolean()), index: fc.option(fc.constant(true)) }),
    { nil: undefined, freq: 2 },
  ),
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

/** Models of 3 to 6 entities, of which the first is indexed, and of those that are pairs of many-to-many relations. */
export const plans: fc.Arbitrary<ModelPlan> = raw.map(({ entities, relations: edges }) => {
  const count = entities.length;
  const trees = entities.map((one) => one.tree && treePlan(one.tree));
  const ends = edges.map((edge) => {
    const both = [edge.on % count, edge.to % count] as const;
    // A row points to rows of earlier tables, or of its own: the ORM's generator makes no circles of tables on SQLite.
    return edge.kind === 'm:n' ? both : ([Math.max(...both), Math.min(...both)] as const);
  });
  const keyed = entities.map((one, on) => {
    const wanted = one.key.startsWith('relation') && trees[on]?.how !== 'tpt';
    return wanted ? edges.findIndex(({ kind }, n) => kind !== 'm:n' && ends[n]![0] === on && ends[n]![1] !== on) : -1;
  });
  const between = edges.flatMap((edge, n): RelationPlan[] => {
    const [on, to] = ends[n]!;
    const { kind } = edge;
    // The ORM itself neither loads nor flushes the other side of such a relation for rows of classes below.
    const inverse = edge.inverse && !(kind === 'm:n' && (trees[to] || trees[on]?.how === 'tpt'));
    const [name, key] = [`r${n}`, keyed[on] === n];
    const onClass = key || edge.onClass === undefined ? undefined : classWithRelation(trees[on], edge.onClass);
    const nullable = !key && (edge.nullable || to === on || onClass !== undefined);
    return [{ kind, name, on, to, inverse, key, nullable, ...(onClass === undefined ? {} : { onClass }) }];
  });
  const pivots = edges.flatMap(({ kind, pivot }, n) =>
    kind === 'm:n' && pivot ? [{ ...pivot, of: between[n]! }] : [],
  );
  const relations = [
    ...between.map((one): RelationPlan => {
      const at = pivots.findIndex(({ of }) => of === one);
      return at < 0 ? one : { ...one, pivot: count + at };
    }),
    ...pivots.flatMap(({ of, inverse }, n) => pairRelations(of, count + n, inverse)),
  ];
  const bare = [
    ...entities.map((one, number): EntityPlan => {
      const key = keyColumns(one.key, keyed[number]! >= 0);
      const [columns, tree] = [named(one.columns, 'c'), trees[number]];
      return {
        number,
        table: `t${number}`,
        key,
        columns: key.length > 0 ? columns : withIndexed(columns),
        embedded: one.embedded.map((part, n) => embeddedPlan(part, `e${n}`)),
        index: undefined,
        ...(tree ? { tree } : {}),
      };
    }),
    ...pivots.map(({ columns }, n): EntityPlan => {
      // The collection makes pairs without any of these.
      const given = withIndexed(named(columns, 'c').map((one) => ({ ...one, nullable: true })));
      return { number: count + n, table: `t${count + n}`, key: [], columns: given, embedded: [], index: undefined };
    }),
  ];
  const indexed = bare.map((one, n) => {
    const given = n < count ? (entities[n]!.index ?? (n === 0 ? PLAIN : undefined)) : pivots[n - count]!.index && PLAIN;
    return given ? { ...one, index: indexPlan(given, one, bare, relations) } : one;
  });
  return { entities: indexed, relations };
});

/** The ORM makes no tables where a class with a table of its own inherits a foreign key from another. */
function classWithRelation(given: TreePlan | undefined, number: number): number | undefined {
  if (!given) return undefined;
  const cls = number % given.classes.length;
  return given.how === 'tpt' && given.classes.some((one) => one.extends === cls) ? undefined : cls;
}

const PLAIN: Raw<typeof index> = {
  sync: ['outbox', 'after-commit'],
  include: [],
  where: undefined,
  when: undefined,
  byFilter: false,
  routing: undefined,
};

function keyColumns(kind: Raw<typeof entity>['key'], related: boolean): readonly KeyColumnPlan[] {
  const id = { name: 'id', kind: kind === 'string' || kind === 'relation and column' ? 'string' : 'integer' } as const;
  if (kind === 'pair') return [id, { name: 'k', kind: 'string' }];
  return kind === 'relation' && related ? [] : [id];
}

/** Where a key has no column of its own, another one is in the documents. */
function withIndexed([first, ...others]: readonly ColumnPlan[]): readonly ColumnPlan[] {
  return [{ ...first!, indexed: true }, ...others];
}

function pairRelations(
  { name, on, to }: RelationPlan,
  pivot: number,
  [a, b]: readonly [boolean, boolean],
): readonly RelationPlan[] {
  const pair = { kind: 'm:1', on: pivot, nullable: false, key: true } as const;
  return [
    { ...pair, name: `${name}a`, to: on, inverse: a },
    { ...pair, name: `${name}b`, to, inverse: b },
  ];
}

function treePlan({ how, abstract, classes, shared }: Raw<typeof tree>): TreePlan {
  return {
    how,
    abstract: abstract && how === 'sti',
    classes: classes.map((one, n) => {
      const name = 'xyz'[n]!;
      const above = one.extends < n ? one.extends : undefined;
      // A class that extends another has that one's.
      const kind = shared === 'two' && n % 2 === 1 ? 'integer' : 'string';
      const own: ColumnPlan[] =
        shared === 'none' || above !== undefined ? [] : [{ name: 's', kind, nullable: true, indexed: true }];
      return {
        name,
        columns: [...named(one.columns, name), ...own],
        ...(above === undefined ? {} : { extends: above }),
      };
    }),
  };
}

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
  const include = includesOf(given.include, { entity, classes: rowClasses(entity) }, entities, relations);
  const where = conditionOf(given.where, entity, entities, relations);
  const when = conditionOf(given.when && { ...given.when, over: undefined }, entity, entities, relations);
  const routings = [
    ...entity.columns.filter(({ kind, nullable }) => ROUTED.includes(kind) && !nullable).map(({ name }) => name),
    ...relations
      .filter(({ on, kind, nullable, onClass }) => {
        return on === entity.number && kind !== 'm:n' && !nullable && onClass === undefined;
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

/** Each property once. */
function includesOf(
  given: readonly RawInclude[],
  at: { readonly entity: EntityPlan; readonly classes: readonly (number | undefined)[] },
  entities: readonly EntityPlan[],
  relations: readonly RelationPlan[],
): readonly IncludePlan[] {
  const steps = stepsOf(relations, at.entity.number).filter((step) =>
    at.classes.some((cls) => hasStep(at.entity, cls, step)),
  );
  if (steps.length === 0) return [];
  const plans = new Map<string, IncludePlan>();
  for (const one of given) {
    const step = steps[one.step % steps.length]!;
    const target = entities[targetOf(step)]!;
    const there = classesAt(step, target);
    const chosen = columnsOfAny(target, there).filter((_, n) => (one.columns >> n) & 1);
    const parts = target.embedded.filter((_, n) => (one.embedded >> n) & 1).map(({ name }) => name);
    const inside = includesOf(one.inside ?? [], { entity: target, classes: there }, entities, relations);
    const empty = chosen.length + parts.length + inside.length === 0;
    const named = empty && target.key.length === 0 ? target.columns.slice(0, 1) : chosen;
    const where = isMany(step)
      ? conditionOf(one.where && { ...one.where, over: undefined }, target, entities, relations)
      : undefined;
    plans.set(step.property, {
      step,
      columns: named.map(({ name }) => name),
      embedded: parts,
      key: (one.key || empty) && target.key.length > 0,
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
  const steps: readonly Step[] = stepsOf(relations, entity.number).filter(
    ({ relation, side }) => side === 'inverse' || relation.onClass === undefined,
  );
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
