import { isDeepStrictEqual } from 'node:util';
import type { ModelComplaint } from '@rookery/search';
import { entitiesBehind, foreignLeaves, isMany, keyLeaves, overOf, type EntityPlan, type ModelPlan } from './plan.js';

/** What a start may refuse: a row of docs/entities.md, in which words, and which models have it. */
interface Refused {
  readonly row: string;
  readonly says: RegExp;
  readonly has: (plan: ModelPlan) => boolean;
}

export const REFUSALS: readonly Refused[] = [
  { row: 'two classes of a tree with one field name and two types', says: /, with other options$/, has: hasTwoTypes },
  {
    row: 'two classes of one table with one property in two columns',
    says: /^is kept in several columns/,
    has: hasTwoTypes,
  },
  {
    row: 'a condition or an order over rows of a relation to several classes',
    says: /^has a condition whose .* is of several classes, of which the ORM compares class and key alone/,
    has: hasConditionOverSeveral,
  },
  {
    row: '`where` of the other side of a relation to several classes by several columns, or whose keys have other names',
    says: /^has `where`, .* the ORM .* the other side of a relation to several classes/,
    has: ({ relations }) => relations.some(({ others, inverse }) => others && inverse),
  },
  {
    row: 'a condition over the other side of a relation to several classes whose keys have other names',
    says: /^has a condition whose .* is the other side of a relation to several classes, which the ORM joins by the key of another/,
    has: ({ relations }) => relations.some(({ others, inverse }) => others && inverse),
  },
  {
    row: 'a relation to several classes, or its other side, where the key of one holds a key of several columns',
    says: /^is a side of a relation to several classes, and the key of .* holds a key of several columns/,
    has: (plan) => plan.relations.some((one) => one.others && foreignLeaves(plan, one).length > 1),
  },
  {
    row: 'two classes behind one relation with one field name and two types',
    says: /, with other options$/,
    has: hasTwoTypesBehind,
  },
  {
    row: 'many-to-many to a class of one table with rows of its own and classes below it',
    says: /^leads to .* of which the ORM joins rows of that class alone/,
    has: hasConcreteBase,
  },
  {
    row: 'the other side of a one-to-one relation to such a class, and what loads an entity that has one',
    says: /^loads .* the other side of a one-to-one relation to .* of which the ORM joins rows of that class alone/,
    has: hasConcreteBase,
  },
  {
    row: 'a condition over a relation to such a class',
    says: /^has a condition whose .* of which the ORM joins rows of that class alone/,
    has: hasConcreteBase,
  },
  {
    row: 'a field of a class below the one that a relation leads to, in one table',
    says: /^is of a class below .* reads nothing over a relation to it/,
    has: hasConcreteBase,
  },
  {
    row: 'many-to-many of classes in several tables, where the ORM does not load it for those below',
    says: /^is a many-to-many relation of classes in several tables/,
    has: hasPairsOfTable,
  },
  {
    row: 'a key that reaches over three entities',
    says: /^has a key of .* that reaches over three entities/,
    has: hasDeepKey,
  },
  {
    row: 'a relation to an entity whose whole key is one relation to a key of several columns',
    says: /^holds the key of .*, which is one relation \(`\w+`\) to a key of several columns/,
    has: hasKeyHandedOn,
  },
  {
    row: 'a side of a relation that is a whole key of several columns, from the other side or one to one',
    says: /^is a side of `.*`, which is a whole key of several columns/,
    has: hasKeyHandedOn,
  },
  {
    row: '`where` of a collection that another path embeds whole',
    says: /^has `where`, and is embedded whole by/,
    has: hasFilteredCollection,
  },
  {
    row: '`where` of a many-to-many relation whose other side another path leads over',
    says: /^has `where`, and its other side is embedded by/,
    has: hasFilteredCollection,
  },
  {
    row: "a condition that the database refuses, such as `price: 'abc'`",
    says: /^has a condition that the database refuses: sub-select returns 2 columns/,
    has: hasLongKey,
  },
];

export function isRefusal({ problem }: ModelComplaint, plan: ModelPlan): boolean {
  return REFUSALS.some(({ says, has }) => says.test(problem) && has(plan));
}

/** Two classes of a tree with one field name and two types. */
function hasTwoTypes({ entities }: ModelPlan): boolean {
  return entities.some(({ columns, tree }) => {
    const all = [...columns, ...(tree?.classes ?? []).flatMap((one) => one.columns)];
    return all.some(({ name, kind }) => all.some((other) => other.name === name && other.kind !== kind));
  });
}

/** Two entities behind one relation with one field name and two types, of columns or of what is embedded. */
function hasTwoTypesBehind({ entities, relations }: ModelPlan): boolean {
  const fields = ({ columns, embedded, tree }: EntityPlan): readonly (readonly [string, unknown])[] => [
    ...[...columns, ...(tree?.classes ?? []).flatMap((one) => one.columns)].map(
      ({ name, kind, indexed }) => [name, [kind, kind !== 'strings' || indexed]] as const,
    ),
    ...embedded.map(({ name, shape }) => [name, shape] as const),
  ];
  return relations.some((relation) => {
    const all = relation.others ? entitiesBehind(relation).flatMap((to) => fields(entities[to]!)) : [];
    return all.some(([name, type]) => all.some((other) => other[0] === name && !isDeepStrictEqual(other[1], type)));
  });
}

/** A class of one table with rows of its own and classes below it. */
function hasConcreteBase({ entities }: ModelPlan): boolean {
  return entities.some(
    ({ tree }) => tree?.how === 'sti' && (!tree.abstract || tree.classes.some((one) => one.extends !== undefined)),
  );
}

/** SQLite compares no key of several columns with a sub-select, as the ORM writes conditions of collections. */
function hasLongKey(plan: ModelPlan): boolean {
  return plan.entities.some(({ number }) => keyLeaves(plan, number).length > 1);
}

/** A many-to-many relation from or to classes in several tables. */
function hasPairsOfTable({ entities, relations }: ModelPlan): boolean {
  return relations.some(
    ({ kind, on, to }) => kind === 'm:n' && [on, to].some((end) => entities[end]!.tree?.how === 'tpt'),
  );
}

/** A key with a relation to a key with a relation to a key. */
function hasDeepKey({ relations }: ModelPlan): boolean {
  const below = (entity: number): number =>
    Math.max(0, ...relations.filter(({ on, key }) => key && on === entity).map(({ to }) => 1 + below(to)));
  return relations.some(({ on }) => below(on) > 1);
}

/** An entity whose whole key is one relation to a key of several columns. */
function hasKeyHandedOn(plan: ModelPlan): boolean {
  return plan.entities.some(({ number, key }) => {
    const parts = plan.relations.filter((relation) => relation.key && relation.on === number);
    return key.length === 0 && parts.length === 1 && keyLeaves(plan, number).length > 1;
  });
}

function hasConditionOverSeveral({ entities }: ModelPlan): boolean {
  return entities.some(({ index }) => {
    const over = overOf(index?.where);
    return over?.side === 'owner' && over.relation.others !== undefined;
  });
}

function hasFilteredCollection({ entities }: ModelPlan): boolean {
  return entities.some(({ index }) => index?.include.some(({ where, step }) => where && isMany(step)));
}
