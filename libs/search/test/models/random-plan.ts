import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  classesAt,
  columnsOfAny,
  entitiesBehind,
  foreignLeaves,
  hasStep,
  isMany,
  keyLeaves,
  KINDS,
  stepsOf,
  rowClasses,
  targetsOf,
  type ColumnPlan,
  type ConditionPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type IndexPlan,
  type KeyColumnPlan,
  type ModelPlan,
  type ReferencePlan,
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
/** Of rows by themselves, by others, and by whether they lead to others. */
const where = fc.record({
  condition,
  leads: fc.option(fc.record({ relation: fc.nat(5), isNull: fc.boolean() }), { nil: undefined, freq: 2 }),
});
const include = fc.record({
  step: fc.nat(9),
  columns: fc.nat(63),
  embedded: fc.nat(3),
  key: fc.boolean(),
  where: fc.option(condition, { nil: undefined, freq: 2 }),
  inside: fc.array(fc.record({ step: fc.nat(9), columns: fc.nat(63), embedded: fc.nat(3), key: fc.boolean() }), {
    maxLength: 2,
  }),
});
const index = fc.record({
  sync: fc.constantFrom(['outbox'] as const, ['after-commit'] as const, ['outbox', 'after-commit'] as const),
  include: fc.array(include, { maxLength: 3 }),
  where: fc.option(where, { nil: undefined, freq: 2 }),
  when: fc.option(condition, { nil: undefined, freq: 2 }),
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
  tree: fc.option(tree, { nil: undefined, freq: 2 }),
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
  others: fc.option(fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 4 }),
  unheld: fc.nat(4).map((n) => n === 0),
  nullable: fc.boolean(),
  inverse: fc.boolean(),
});

type Raw<A> = A extends fc.Arbitrary<infer T> ? T : never;
type RawCondition = Raw<typeof condition>;
type RawEdge = Raw<typeof relation>;

const raw = fc.record({
  entities: fc.array(entity, { minLength: 3, maxLength: 6 }),
  relations: fc.array(relation, { minLength: 1, maxLength: 7 }),
  /** Whether it may have what a start refuses: most models leave that out, so that more of them are played. */
  daring: fc.nat(11).map((n) => n === 0),
});

/** An edge with its ends, and what of it a model may have. */
interface Edge extends Omit<RawEdge, 'on' | 'to' | 'onClass' | 'others'> {
  readonly on: number;
  readonly to: number;
  readonly onClass: number | undefined;
  /** Further entities that a many-to-one relation leads to. */
  readonly others: readonly number[];
}

/** Models of 3 to 6 entities, of which the first is indexed, and of those that are pairs of many-to-many relations. */
export const plans: fc.Arbitrary<ModelPlan> = raw.map(({ entities, relations: given, daring }) => {
  const count = entities.length;
  const trees = entities.map((one) => one.tree && treePlan(one.tree, daring));
  const keys = keysOf(
    entities.map((one, n) => ({ key: one.key, tree: trees[n] })),
    given.map((edge) => withEnds(edge, count)),
    daring,
  );
  const edges = given
    .map((edge) => withEnds(edge, count))
    .map((edge, n) => (keys[edge.on]!.by === n ? { ...edge, others: [] } : withOthers(edge, keys, daring)))
    .map((edge, n) => (daring || keys[edge.on]!.by === n ? edge : followable(edge, trees)))
    .map((edge, n) => (keys[edge.on]!.by === n ? inKey(edge, keys, daring) : ownedBy(edge, trees, keys)));
  const between = edges.map(({ kind, on, to, others, unheld, inverse, nullable, onClass }, n): RelationPlan => {
    const key = keys[on]!.by === n;
    return {
      kind,
      name: `r${n}`,
      on,
      to,
      // The ORM itself neither loads nor flushes the other side of such a relation for rows of classes below.
      inverse: inverse && !(kind === 'm:n' && (trees[to] !== undefined || trees[on]?.how === 'tpt')),
      key,
      nullable: !key && (nullable || to === on || onClass !== undefined),
      ...(others.length > 0 ? { others } : {}),
      ...(unheld && kind !== 'm:n' && !key && others.length === 0 ? { unheld } : {}),
      ...(onClass === undefined ? {} : { onClass }),
    };
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
      const [{ columns: key }, tree] = [keys[number]!, trees[number]];
      const columns = named(one.columns, 'c');
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
      const own = withIndexed(named(columns, 'c').map((one) => ({ ...one, nullable: true })));
      return { number: count + n, table: `t${count + n}`, key: [], columns: own, embedded: [], index: undefined };
    }),
  ];
  const indexed = bare.map((one, n) => {
    const own = n < count ? (entities[n]!.index ?? (n === 0 ? PLAIN : undefined)) : pivots[n - count]!.index && PLAIN;
    return own ? { ...one, index: indexPlan(own, one, { entities: bare, relations, daring }) } : one;
  });
  return { entities: indexed, relations };
});

/** A row points to rows of earlier tables, or of its own: the ORM's generator makes no circles of tables on SQLite. */
function withEnds(
  edge: Omit<RawEdge, 'others'> & { readonly others?: readonly number[] | undefined },
  count: number,
): Edge {
  const both = [edge.on % count, edge.to % count] as const;
  const [on, to] = edge.kind === 'm:n' ? both : [Math.max(...both), Math.min(...both)];
  const others = edge.kind === 'm:1' ? (edge.others ?? []) : [];
  return { ...edge, on, to, others, onClass: edge.onClass };
}

/** Entities that a relation can lead to beside the first: no foreign key is there, and the keys have columns of one kind. */
function withOthers(edge: Edge, keys: readonly Key[], daring: boolean): Edge {
  // The ORM names the columns by the first that it knows.
  const [to, ...others] = [edge.to, ...othersOf(edge, keys, daring)].sort((a, b) => a - b);
  return { ...edge, to: to!, others };
}

function othersOf({ to, others }: Edge, keys: readonly Key[], daring: boolean): readonly number[] {
  const first = keys[to]!;
  const kindsOf = (columns: readonly KeyColumnPlan[]): readonly string[] => columns.map(({ kind }) => kind);
  // Where a key holds one of several columns, the ORM does not read it.
  if (!daring && first.over !== undefined && keys[first.over]!.size > 1) return [];
  const fitting = keys.flatMap(({ columns, over }, other) =>
    other !== to && isDeepStrictEqual([kindsOf(columns), over], [kindsOf(first.columns), first.over]) ? [other] : [],
  );
  return fitting.length === 0 ? [] : [...new Set(others.map((other) => fitting[other % fitting.length]!))];
}

/** The key of an entity: its own columns, the edge that is a part of it, and how many columns that comes to. */
interface Key {
  readonly columns: readonly KeyColumnPlan[];
  readonly by: number;
  /** The entity that the edge leads to. */
  readonly over: number | undefined;
  readonly size: number;
}

function keysOf(
  entities: readonly { readonly key: Raw<typeof entity>['key']; readonly tree: TreePlan | undefined }[],
  edges: readonly Edge[],
  daring: boolean,
): readonly Key[] {
  const keys: Key[] = [];
  for (const [on, { key, tree }] of entities.entries()) {
    const fits = (edge: Edge): boolean => {
      if (edge.kind === 'm:n' || edge.on !== on || edge.to === on) return false;
      const target = keys[edge.to]!;
      return daring || target.by < 0 || target.size === 1;
    };
    const by = key.startsWith('relation') && tree?.how !== 'tpt' ? edges.findIndex(fits) : -1;
    const foreign = by < 0 ? 0 : keys[edges[by]!.to]!.size;
    // One relation to a key of several columns as the whole key: no other relation leads there.
    const isMet = edges.some((edge, n) => n !== by && (edge.to === on || (edge.kind === 'm:n' && edge.on === on)));
    const alone = key === 'relation' && (daring || foreign === 1 || !isMet);
    const columns = keyColumns(alone ? key : key === 'relation' ? 'relation and column' : key, by >= 0, on);
    keys.push({ columns, by, over: edges[by]?.to, size: columns.length + foreign });
  }
  return keys;
}

/** An edge as one that no start refuses: what the ORM joins of a base with rows of its own is rows of that class alone. */
function followable(edge: Edge, trees: readonly (TreePlan | undefined)[]): Edge {
  const { kind, on, to, pivot } = edge;
  const [own, other] = [trees[on], trees[to]];
  if (kind === '1:1' && edge.onClass === undefined && isConcreteBase(own)) return { ...edge, inverse: false };
  if (kind === 'm:n') {
    const alone = isConcreteBase(own) || isConcreteBase(other) || (own?.how === 'tpt' && pivot === undefined);
    if (alone) return withEnds({ ...edge, kind: 'm:1' }, trees.length);
  }
  return own?.how === 'sti' && isExtended(own, edge.onClass) ? { ...edge, inverse: false } : edge;
}

function isExtended({ classes }: TreePlan, number: number | undefined): boolean {
  return number !== undefined && classes.some((one) => one.extends === number % classes.length);
}

function isConcreteBase(tree: TreePlan | undefined): boolean {
  return tree?.how === 'sti' && !tree.abstract;
}

/** An edge that is a part of a key. The ORM loads nothing over the other side of a whole key of several columns. */
function inKey(edge: Edge, keys: readonly Key[], daring: boolean): Edge {
  const { columns, size } = keys[edge.on]!;
  return { ...edge, onClass: undefined, inverse: edge.inverse && (daring || columns.length > 0 || size === 1) };
}

/** The class that has an edge. */
function ownedBy(edge: Edge, trees: readonly (TreePlan | undefined)[], keys: readonly Key[]): Edge {
  const tree = trees[edge.on];
  if (!tree) return { ...edge, onClass: undefined };
  const { classes, how } = tree;
  const cls = edge.onClass === undefined ? undefined : edge.onClass % classes.length;
  if (how === 'sti') return { ...edge, onClass: cls };
  const last = cls === undefined || isExtended(tree, cls) ? undefined : cls;
  // The ORM makes no tables where a class with a table of its own inherits a foreign key of several columns.
  const alone = edge.kind !== 'm:n' && (keys[edge.to]!.size > 1 || edge.others.length > 0);
  return { ...edge, onClass: last ?? (alone ? classes.findIndex((_, n) => !isExtended(tree, n)) : undefined) };
}

const PLAIN: Raw<typeof index> = {
  sync: ['outbox', 'after-commit'],
  include: [],
  where: undefined,
  when: undefined,
  byFilter: false,
  routing: undefined,
};

function keyColumns(kind: Raw<typeof entity>['key'], related: boolean, number: number): readonly KeyColumnPlan[] {
  const id = {
    name: number % 3 === 2 ? 'no' : 'id',
    kind: kind === 'string' || kind === 'relation and column' ? 'string' : 'integer',
  } as const;
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

function treePlan({ how, abstract, classes, shared }: Raw<typeof tree>, daring: boolean): TreePlan {
  return {
    how,
    abstract: abstract && how === 'sti',
    classes: classes.map((one, n) => {
      const name = 'xyz'[n]!;
      const above = one.extends < n ? one.extends : undefined;
      // A class that extends another has that one's.
      const kind = daring && shared === 'two' && n % 2 === 1 ? 'integer' : 'string';
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

/** What an index is made within. */
interface Around {
  readonly entities: readonly EntityPlan[];
  readonly relations: readonly RelationPlan[];
  readonly daring: boolean;
}

function indexPlan(given: Raw<typeof index>, entity: EntityPlan, around: Around): IndexPlan {
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
