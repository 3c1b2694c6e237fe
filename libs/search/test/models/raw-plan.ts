import fc from 'fast-check';
import { KINDS, type TestPlan } from './plan.js';

export const column = fc.record({ kind: fc.constantFrom(...KINDS), nullable: fc.boolean(), indexed: fc.boolean() });

const how = fc.constantFrom('inline', 'object', 'array');

const shape = fc.array(column, { minLength: 1, maxLength: 2 });

export const embedded = fc.record({
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
export const where = fc.record({
  condition,
  leads: fc.option(fc.record({ relation: fc.nat(5), isNull: fc.boolean() }), { nil: undefined, freq: 2 }),
});

export const include = fc.record({
  step: fc.nat(9),
  columns: fc.nat(63),
  embedded: fc.nat(3),
  key: fc.boolean(),
  where: fc.option(condition, { nil: undefined, freq: 2 }),
  inside: fc.array(fc.record({ step: fc.nat(9), columns: fc.nat(63), embedded: fc.nat(3), key: fc.boolean() }), {
    maxLength: 2,
  }),
});

export const index = fc.record({
  sync: fc.constantFrom(['outbox'] as const, ['after-commit'] as const, ['outbox', 'after-commit'] as const),
  include: fc.array(include, { maxLength: 3 }),
  where: fc.option(where, { nil: undefined, freq: 2 }),
  when: fc.option(condition, { nil: undefined, freq: 2 }),
  byFilter: fc.boolean(),
  routing: fc.option(fc.nat(5), { nil: undefined }),
});

const below = fc.record({ extends: fc.nat(3), columns: fc.array(column, { maxLength: 2 }) });

export const tree = fc.record({
  how: fc.constantFrom('sti', 'tpt'),
  abstract: fc.constantFrom(true, true, true, false),
  classes: fc.array(below, { minLength: 1, maxLength: 3 }),
  /** A column of one name in all classes: of one kind, or of two. */
  shared: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'none', 'one', 'one', 'one', 'two'),
});

export const entity = fc.record({
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

export type Raw<A> = A extends fc.Arbitrary<infer T> ? T : never;

export type RawCondition = Raw<typeof condition>;

export type RawEdge = Raw<typeof relation>;

export const raw = fc.record({
  entities: fc.array(entity, { minLength: 3, maxLength: 6 }),
  relations: fc.array(relation, { minLength: 1, maxLength: 7 }),
  /** Whether it may have what a start refuses: most models leave that out, so that more of them are played. */
  daring: fc.nat(11).map((n) => n === 0),
});
