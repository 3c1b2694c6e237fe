import type { ModelComplaint } from '@rookery/search';
import { isMany, keyLeaves, type ModelPlan } from './plan.js';

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

function hasFilteredCollection({ entities }: ModelPlan): boolean {
  return entities.some(({ index }) => index?.include.some(({ where, step }) => where && isMany(step)));
}
