import type { Change, Transaction } from './changes.js';
import type {
  ClassPlan,
  ColumnPlan,
  EntityPlan,
  IncludePlan,
  IndexPlan,
  ModelPlan,
  RelationPlan,
  Step,
  TreePlan,
} from './plan.js';
import type { Case } from './reduce.js';

const column = (name: string, kind: ColumnPlan['kind'] = 'string'): ColumnPlan => ({
  name,
  kind,
  nullable: true,
  indexed: true,
});

function entity(number: number, more: Partial<EntityPlan> = {}): EntityPlan {
  const id = { name: 'id', kind: 'integer' } as const;
  const rest = { key: [id], columns: [column('c0')], embedded: [], index: undefined };
  return { number, table: `t${number}`, ...rest, ...more };
}

const index = (include: readonly IncludePlan[] = [], more: Partial<IndexPlan> = {}): IndexPlan => ({
  sync: ['outbox', 'after-commit'],
  byFilter: false,
  include,
  ...more,
});

function relation(
  name: string,
  [kind, on, to]: readonly [RelationPlan['kind'], number, number],
  more: Partial<RelationPlan> = {},
): RelationPlan {
  return { name, kind, on, to, nullable: !more.key, inverse: false, key: false, ...more };
}

const over = (of: RelationPlan): Step => ({ property: of.name, relation: of, side: 'owner' });
const back = (of: RelationPlan): Step => ({ property: `${of.name}of`, relation: of, side: 'inverse' });

const include = (step: Step, columns: readonly string[] = [], inside: readonly IncludePlan[] = []): IncludePlan => ({
  step,
  columns,
  embedded: [],
  key: columns.length + inside.length === 0,
  inside,
});

const tree = (how: TreePlan['how'], ...classes: readonly ClassPlan[]): TreePlan => ({
  how,
  abstract: how === 'sti',
  classes,
});

/** Each in a transaction of its own, and waited for. */
function script(...changes: readonly (Partial<Change> & Pick<Change, 'operation' | 'entity'>)[]): Transaction[] {
  return changes.map((change) => ({
    changes: [{ row: 0, field: 0, value: 1, flush: true, ...change }],
    rollback: false,
    settle: true,
  }));
}

/** `t2` are the pairs of `t0` and `t1`. */
function pairs(
  indexOf: (side: 'a' | 'b' | 'm', relations: readonly RelationPlan[]) => IndexPlan | undefined,
): ModelPlan {
  const relations = [
    relation('r', ['m:n', 0, 1], { pivot: 2, inverse: true }),
    relation('ra', ['m:1', 2, 0], { key: true, inverse: true }),
    relation('rb', ['m:1', 2, 1], { key: true, inverse: true }),
  ];
  const [a, b, m] = (['a', 'b', 'm'] as const).map((side) => indexOf(side, relations));
  return { entities: [entity(0, { index: a }), entity(1, { index: b }), entity(2, { key: [], index: m })], relations };
}

const PAIRS_CHANGE = script(
  { operation: 'link', entity: 0, value: 2 },
  { operation: 'link', entity: 1, value: 1 },
  { operation: 'unlink', entity: 0 },
  { operation: 'set', entity: 0, value: 1 },
  { operation: 'set', entity: 1, value: 3 },
);

function handedOn(): Case {
  const key = relation('r', ['m:1', 1, 0], { key: true });
  const entities = [entity(0), entity(1, { key: [], index: index() })];
  return [{ entities, relations: [key] }, script({ operation: 'rekey', entity: 0 })];
}

function routed(): Case {
  const way = relation('r', ['m:1', 1, 0], { nullable: false });
  const entities = [entity(0), entity(1, { index: index([], { routing: 'r' }) })];
  return [
    { entities, relations: [way] },
    script({ operation: 'rekey', entity: 0 }, { operation: 'rekey', entity: 0, row: 1 }),
  ];
}

function elementsHandedOn(): Case {
  const key = relation('r', ['m:1', 1, 0], { key: true });
  const way = relation('s', ['m:n', 2, 1]);
  const entities = [entity(0), entity(1, { key: [] }), entity(2, { index: index([include(over(way), ['c0'])]) })];
  return [
    { entities, relations: [key, way] },
    script(
      { operation: 'link', entity: 2, value: 0 },
      { operation: 'link', entity: 2, value: 1 },
      { operation: 'link', entity: 2, value: 2 },
      { operation: 'rekey', entity: 0 },
    ),
  ];
}

const DOGS = tree('tpt', { name: 'x', columns: [column('x0')] }, { name: 'y', columns: [column('y0')], extends: 0 });

function twoPlaces(): Case {
  const way = relation('r', ['m:1', 0, 0], { inverse: true });
  const inner = include(over(way), ['c0', 'x0', 'y0']);
  const entities = [
    entity(0, {
      tree: DOGS,
      columns: [{ ...column('c0'), indexed: false }],
      index: index([inner, include(back(way), ['x0'], [inner])]),
    }),
  ];
  const changes = script(
    { operation: 'move', entity: 0, value: 1 },
    { operation: 'move', entity: 0, row: 1, value: 1 },
    { operation: 'change', entity: 0, row: 1, field: 1, value: 4 },
    { operation: 'change', entity: 0, row: 1, field: 0, value: 4 },
  );
  return [{ entities, relations: [way] }, changes];
}

function nothingOfItsOwn(): Case {
  const way = relation('r', ['m:1', 1, 0], { onClass: 0, inverse: true });
  const entities = [
    entity(0),
    entity(1, {
      tree: tree('tpt', { name: 'x', columns: [column('x0')] }),
      index: index([include(over(way), [], [include(back(way))])]),
    }),
  ];
  return [{ entities, relations: [way] }, script({ operation: 'move', entity: 1, row: 1, value: 2 })];
}

/** `t2` -> `t1`, in several tables -> `t0`, of which all show a column. */
function acrossTables(): Case {
  const far = relation('s', ['m:1', 1, 0], { onClass: 0, inverse: true });
  const near = relation('r', ['m:1', 2, 1], { inverse: true });
  const entities = [
    entity(0, { index: index([include(back(far), ['x0'], [include(back(near), ['c0'])])]) }),
    entity(1, { tree: DOGS }),
    entity(2, { index: index([include(over(near), ['c0'], [include(over(far), ['c0'])])]) }),
  ];
  const rows = [0, 1, 2];
  const changes = script(
    ...rows.map((row) => ({ operation: 'move' as const, entity: 1, row, value: row + 1 })),
    ...rows.map((row) => ({ operation: 'move' as const, entity: 2, row, value: row + 1 })),
    ...rows.map((row) => ({ operation: 'change' as const, entity: 0, row, value: 4 })),
    ...rows.map((row) => ({ operation: 'change' as const, entity: 2, row, value: 4 })),
  );
  return [{ entities, relations: [far, near] }, changes];
}

/** `y` alone has the relation; `x` stands between it and the base. */
function accessorBelow(): Case {
  const way = relation('r', ['m:1', 1, 0], { onClass: 2, inverse: true });
  const near = relation('s', ['m:1', 2, 1]);
  const classes = tree(
    'sti',
    { name: 'x', columns: [] },
    { name: 'z', columns: [], extends: 0 },
    { name: 'y', columns: [], extends: 0 },
  );
  const entities = [
    entity(0),
    entity(1, { tree: classes }),
    entity(2, { index: index([include(over(near), ['c0'], [include(over(way), ['c0'])])]) }),
  ];
  return [{ entities, relations: [way, near] }, script({ operation: 'change', entity: 0, value: 4 })];
}

function inOrder(): Case {
  const way = relation('r', ['m:n', 0, 1], { inverse: true });
  const entities = [entity(0, { index: index([include(over(way), ['c0'])]) }), entity(1)];
  return [
    { entities, relations: [way] },
    script(...[2, 0, 1].map((value) => ({ operation: 'link' as const, entity: 0, value }))),
  ];
}

const TWO = [
  { name: 'id', kind: 'integer' },
  { name: 'k', kind: 'string' },
] as const;

/** Of a foreign key of several columns the ORM's upsert writes the first alone: the row leads nowhere. */
function halfAKey(): Case {
  const way = relation('r', ['m:1', 0, 0]);
  const entities = [entity(0, { key: TWO, index: index([include(over(way))]) })];
  return [{ entities, relations: [way] }, script({ operation: 'upsert', entity: 0, row: 3 })];
}

/** A row that is linked to itself stands in its document three times, each time with more of it. */
function again(): Case {
  const way = relation('r', ['m:n', 0, 0], { pivot: 1 });
  const bare = { ...column('c0'), indexed: false };
  const entities = [
    entity(0, { columns: [bare], index: index([include(over(way), [], [include(over(way), ['c0'])])]) }),
    entity(1, { key: [] }),
  ];
  const sides = [relation('ra', ['m:1', 1, 0], { key: true }), relation('rb', ['m:1', 1, 0], { key: true })];
  return [{ entities, relations: [way, ...sides] }, script({ operation: 'change', entity: 0, value: 4 })];
}

/** `t2` -> `t1` -> `t0`: each has the relation as its key. */
function chainOfKeys(): Case {
  const near = relation('r', ['1:1', 2, 1], { key: true });
  const far = relation('s', ['m:1', 1, 0], { key: true });
  const entities = [
    entity(0),
    entity(1, { key: [] }),
    entity(2, { key: [], index: index([include(over(near), [], [include(over(far), ['c0'])])]) }),
  ];
  return [{ entities, relations: [near, far] }, script({ operation: 'change', entity: 0, value: 4 })];
}

/** Pairs of `t0` and `x` of `t1`, made as rows of their own, of which some hold a `y`. */
function pairsOfOthers(): Case {
  const way = relation('r', ['m:n', 1, 0], { onClass: 0, pivot: 2, inverse: true });
  const entities = [
    entity(0, { index: index([include(back(way), ['c0'])]) }),
    entity(1, { tree: tree('sti', { name: 'x', columns: [] }, { name: 'y', columns: [] }) }),
    entity(2, { key: [] }),
  ];
  const sides = [relation('ra', ['m:1', 2, 1], { key: true }), relation('rb', ['m:1', 2, 0], { key: true })];
  const rows = [0, 1, 2].map((row) => ({ operation: 'create' as const, entity: 2, row, value: row + 1 }));
  return [{ entities, relations: [way, ...sides] }, script(...rows)];
}

/** One row of `t1`, in several tables, stands at both sides of `t0`: at one of them it leads further. */
function twoSides(): Case {
  const further = relation('r', ['m:1', 1, 1]);
  const [near, far] = [
    relation('s', ['1:1', 1, 0], { inverse: true }),
    relation('u', ['1:1', 1, 0], { inverse: true }),
  ];
  const entities = [
    entity(0, { index: index([include(back(near)), include(back(far), ['c0'], [include(over(further), ['c0'])])]) }),
    entity(1, { tree: DOGS }),
  ];
  const changes = script(
    ...[0, 1, 2].flatMap((field) =>
      [0, 1].map((row) => ({ operation: 'move' as const, entity: 1, row, field, value: row + 1 })),
    ),
    { operation: 'change', entity: 1, row: 1, value: 4 },
  );
  return [{ entities, relations: [further, near, far] }, changes];
}

/** Pairs of `t1`, whose key holds the one of `t0`: by a key of three entities the ORM does not order. */
function deepPairs(): Case {
  const held = relation('s', ['m:1', 1, 0], { key: true });
  const way = relation('r', ['m:n', 1, 1], { pivot: 2, inverse: true });
  const sides = [relation('ra', ['m:1', 2, 1], { key: true }), relation('rb', ['m:1', 2, 1], { key: true })];
  const entities = [
    entity(0, { key: TWO }),
    entity(1, { index: index([include(over(way), ['c0']), include(back(way), ['c0'])]) }),
    entity(2, { key: [] }),
  ];
  const changes = script(
    { operation: 'link', entity: 1, value: 1 },
    { operation: 'nativeDelete', entity: 2 },
    { operation: 'delete', entity: 1, row: 1 },
  );
  return [{ entities, relations: [held, way, ...sides] }, changes];
}

/** No foreign key keeps a row of `t0` from going while `t2` leads there, nor from coming back. */
function backAgain(): Case {
  const way = relation('r', ['m:1', 2, 0], { others: [1] });
  const entities = [entity(0), entity(1), entity(2, { index: index([include(over(way), ['c0'])]) })];
  return [
    { entities, relations: [way] },
    script(
      ...[0, 1, 2].map((row) => ({ operation: 'move' as const, entity: 2, row, value: 2 })),
      { operation: 'delete', entity: 0, row: 2 },
      { operation: 'restore', entity: 0 },
    ),
  ];
}

/** `t2` -> `t0`, in several tables, or `t1`: both have keys of two columns, and show what leads there; `t0` is in its key. */
function severalColumns(): Case {
  const held = relation('s', ['1:1', 2, 0], { key: true });
  const way = relation('r', ['m:1', 2, 0], { others: [1], inverse: true });
  const shown = index([include(back(way), ['c0'])]);
  const entities = [
    entity(0, { key: TWO, tree: DOGS, index: shown }),
    entity(1, { key: TWO, index: shown }),
    entity(2),
  ];
  const moves = Array.from({ length: 12 }, (_, n) => ({ operation: 'move' as const, entity: 2, row: n, value: n + 1 }));
  return [{ entities, relations: [held, way] }, script(...moves, { operation: 'change', entity: 2, value: 4 })];
}

/** `t2` -> `t0` or `t1`, whose keys have other names; `t0` and `t1` show what leads there, and what that is in. */
function otherNames(): Case {
  const way = relation('r', ['m:1', 2, 0], { others: [1], inverse: true, nullable: false });
  const shown = index([include(back(way), ['c0'])]);
  const entities = [
    entity(0, { index: shown }),
    entity(1, { key: [{ name: 'no', kind: 'integer' }], index: shown }),
    entity(2, { index: index([include(over(way), ['c0'])], { routing: 'r' }) }),
  ];
  const moves = [1, 2, 3, 5, 7].map((value) => ({ operation: 'move' as const, entity: 2, row: value, value }));
  const changes = [0, 1, 2].map((entity) => ({ operation: 'change' as const, entity, row: 1, value: 4 }));
  return [{ entities, relations: [way] }, script(...moves, ...changes)];
}

/** No foreign key is there at all: `t1` may lead to a row of `t0` that is gone, and that comes again. */
function unheld(): Case {
  const way = relation('r', ['m:1', 1, 0], { unheld: true, nullable: false });
  const entities = [entity(0), entity(1, { index: index([include(over(way), ['c0'])]) })];
  return [
    { entities, relations: [way] },
    script(
      ...[0, 1, 2].map((row) => ({ operation: 'move' as const, entity: 1, row, value: 2 })),
      { operation: 'delete', entity: 0, row: 2 },
      { operation: 'restore', entity: 0 },
    ),
  ];
}

/** `t1` -> `t0`: a row takes the place of another, which the ORM tracks; it writes the first by an update of its own. */
function takenOver(): Case {
  const way = relation('r', ['1:1', 1, 0], { inverse: true });
  const entities = [
    entity(0, { index: index([include(back(way), ['c0'])]) }),
    entity(1, { index: index([include(over(way), ['c0'])], { where: { leads: way, test: { test: 'notNull' } } }) }),
  ];
  const move = { operation: 'move', entity: 1, field: 0, value: 3, flush: false } as const;
  const known = { ...move, operation: 'change', row: 0 } as const;
  return [
    { entities, relations: [way] },
    [
      [{ ...move, row: 0 }],
      [known, { ...move, row: 1 }],
      [
        { ...known, row: 1 },
        { ...move, row: 2 },
      ],
    ].map((changes) => {
      return { changes, rollback: false, settle: true };
    }),
  ];
}

/** `t1` -> `t0` twice: a row of a class below, and what it leads to, behind a collection and a relation by several columns. */
function behindCollection(kind: 'm:1' | '1:1'): Case {
  const [up, way] = [relation('r', ['m:1', 1, 0], { inverse: true }), relation('s', [kind, 1, 0])];
  const on = relation('q', ['m:1', 0, 2]);
  const key = [
    { name: 'id', kind: 'integer' },
    { name: 'k', kind: 'string' },
  ] as const;
  const inner = include(over(way), ['c0', 'x0'], [include(over(on), ['c0'])]);
  const kinds: TreePlan = { ...tree('sti', { name: 'x', columns: [column('x0')] }), abstract: false };
  const entities = [
    entity(0, { key, tree: kinds, index: index([include(back(up), ['c0'], [inner])]) }),
    entity(1, { index: index([include(over(up), [], [include(back(up), [], [inner])])]) }),
    entity(2),
  ];
  const changes = script(
    { operation: 'move', entity: 0, row: 1, value: 1 },
    { operation: 'move', entity: 1, field: 0, value: 2 },
    { operation: 'move', entity: 1, field: 1, value: 1 },
    { operation: 'change', entity: 0, row: 1, field: 1, value: 4 },
    { operation: 'change', entity: 0, row: 1, field: 0, value: 5 },
    { operation: 'change', entity: 2, row: 1, value: 4 },
  );
  return [{ entities, relations: [up, way, on] }, changes];
}

/** `t2`, whose key leads to `t0` and `t1`, decides which rows of `t1` have documents; it gets another key before that is published. */
function handedOnMeanwhile(): Case {
  const way = relation('ra', ['m:1', 2, 1], { key: true, inverse: true });
  const other = relation('rb', ['m:1', 2, 0], { key: true });
  const where = { column: column('c0'), test: { test: 'differs', value: 2 }, over: back(way) } as const;
  const entities = [entity(0), entity(1, { index: index([], { where }) }), entity(2, { key: [] })];
  return [
    { entities, relations: [way, other] },
    [0, 1, 2].map((row): Transaction => ({
      changes: [{ operation: 'rekey', entity: 0, row, field: 0, value: 1, flush: true }],
      rollback: false,
    })),
  ];
}

/** What random models found, each as small as it goes. */
export const FOUND: Readonly<Record<string, Case>> = {
  'pairs of a collection that have documents': [pairs((side) => (side === 'm' ? index() : undefined)), PAIRS_CHANGE],
  'pairs of a collection that are embedded by themselves, at both ends': [
    pairs((side, [, a, b]) => (side === 'm' ? undefined : index([include(back(side === 'a' ? a! : b!), ['c0'])]))),
    PAIRS_CHANGE,
  ],
  'a key that the database hands on into another key': handedOn(),
  'a key that the database hands on into a routing': routed(),
  'elements in the order of a key that the database hands on': elementsHandedOn(),
  'rows of several tables, in two places of a document': twoPlaces(),
  'a relation of which nothing is read but another': nothingOfItsOwn(),
  'paths over rows of several tables': acrossTables(),
  'a relation of a class, below one that has none': accessorBelow(),
  'elements without an order': inOrder(),
  'a foreign key of which a part is null': halfAKey(),
  'a row that stands in a document again, with more of it': again(),
  'a chain of keys that are relations': chainOfKeys(),
  'a row of several tables that leads further at one of two places': twoSides(),
  'pairs of rows whose key holds another': deepPairs(),
  'a row that comes where others lead already': backAgain(),
  'a row without a foreign key that comes where others lead already': unheld(),
  'a relation to several classes by keys of several columns': severalColumns(),
  'a relation to several classes whose keys have other names': otherNames(),
  'a one-to-one relation that another row takes over': takenOver(),
  'pairs that hold rows of another class of the table': pairsOfOthers(),
  'a row behind a condition that gets another key before it is published': handedOnMeanwhile(),
  'a row of a class below, behind a collection and a key of several columns': behindCollection('m:1'),
  'a row of a class below, behind a collection and a one-to-one key of several columns': behindCollection('1:1'),
};
