import type { ModelComplaint } from '@rookery/search';
import { isMany, keyLeaves, type ModelPlan } from './plan.js';

/** What a start may refuse, each where the model has it: the rows of docs/entities.md that random models come to. */
const REFUSALS: readonly Readonly<{ says: RegExp; has: (plan: ModelPlan) => boolean }>[] = [
  { says: /, with other options$/, has: hasTwoTypes },
  { says: /^is kept in several columns/, has: hasTwoTypes },
  { says: /of which the ORM joins rows of that class alone/, has: hasConcreteBase },
  { says: /^is a many-to-many relation of classes in several tables/, has: hasPairsOfTable },
  { says: /^has a key of .* that reaches over three entities/, has: hasDeepKey },
  { says: /^has `where`, and is embedded whole by/, has: hasFilteredCollection },
  { says: /^has a condition that the database refuses: sub-select returns 2 columns/, has: hasLongKey },
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

function hasFilteredCollection({ entities }: ModelPlan): boolean {
  return entities.some(({ index }) => index?.include.some(({ where, step }) => where && isMany(step)));
}
