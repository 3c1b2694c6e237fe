import type fc from 'fast-check';
import type { EntityPlan, ModelPlan, RelationPlan } from './plan.js';
import { raw } from './raw-plan.js';
import { withEnds, withOthers, keysOf, followable, inKey, ownedBy, pairRelations } from './random-edges.js';
import { withIndexed, treePlan, named, embeddedPlan } from './random-columns.js';
import { PLAIN, indexPlan } from './random-index.js';

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
