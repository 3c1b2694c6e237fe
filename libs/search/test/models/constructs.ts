import type { Change, Transaction } from './changes.js';
import {
  entitiesBehind,
  foreignLeaves,
  isMany,
  keyLeaves,
  overOf,
  type IncludePlan,
  type ModelPlan,
  type Step,
} from './plan.js';
import type { Case } from './reduce.js';

type Has = (plan: ModelPlan) => boolean;

const tree =
  (how: 'sti' | 'tpt'): Has =>
  ({ entities }) =>
    entities.some((one) => one.tree?.how === how);
const relation =
  (fits: (one: ModelPlan['relations'][number]) => boolean): Has =>
  ({ relations }) =>
    relations.some(fits);
const index =
  (fits: (one: NonNullable<ModelPlan['entities'][number]['index']>) => boolean): Has =>
  ({ entities }) =>
    entities.some((one) => one.index !== undefined && fits(one.index));
const embedded =
  (how: string): Has =>
  ({ entities }) =>
    entities.some((one) => one.embedded.some((part) => part.how === how));

const any = (includes: readonly IncludePlan[], fits: (one: IncludePlan) => boolean): boolean =>
  includes.some((one) => fits(one) || any(one.inside, fits));

const isToSeveral = ({ side, relation: { others } }: Step): boolean => side === 'owner' && others !== undefined;

/** What a model can hold, by name. */
const CONSTRUCTS: Readonly<Record<string, Has>> = {
  'classes in one table': tree('sti'),
  'classes in a table for each': tree('tpt'),
  'an index of a tree': ({ entities }) => entities.some(({ index: own, tree: of }) => own && of),
  'a relation of one class of a tree': relation(({ onClass }) => onClass !== undefined),
  'a key of several columns': (plan) => plan.entities.some(({ number }) => keyLeaves(plan, number).length > 1),
  'a relation in a key': relation(({ key }) => key),
  'a many-to-one': relation(({ kind }) => kind === 'm:1'),
  'a relation to several classes': relation(({ others }) => others !== undefined),
  'a relation to several classes, and its other side': relation(
    ({ others, inverse }) => others !== undefined && inverse,
  ),
  'a relation to several classes, of several columns': (plan) =>
    plan.relations.some((one) => one.others && foreignLeaves(plan, one).length > 1),
  'a relation to several classes, of which one is a tree': ({ entities, relations }) =>
    relations.some((one) => one.others && entitiesBehind(one).some((to) => entities[to]!.tree)),
  'a relation to several classes in a document': index(({ include }) => any(include, ({ step }) => isToSeveral(step))),
  'the other side of a relation to several classes in a document': index(({ include }) =>
    any(include, ({ step }) => step.side === 'inverse' && step.relation.others !== undefined),
  ),
  'where by a relation to several classes': index(
    ({ where }) => where !== undefined && 'leads' in where && where.leads.others !== undefined,
  ),
  'a relation without a foreign key': relation(({ unheld }) => unheld === true),
  'a one-to-one': relation(({ kind }) => kind === '1:1'),
  'a many-to-many': relation(({ kind, pivot }) => kind === 'm:n' && pivot === undefined),
  'a pivot entity': relation(({ pivot }) => pivot !== undefined),
  'a relation to itself': relation(({ on, to, kind }) => on === to && kind !== 'm:n'),
  'rows that go with others': relation(({ kind, nullable }) => kind !== 'm:n' && !nullable),
  'an embeddable in columns': embedded('inline'),
  'an embeddable in JSON': embedded('object'),
  'a list of embeddables': embedded('array'),
  'a collection in a document': index(({ include }) => any(include, ({ step }) => isMany(step))),
  'two steps in a document': index(({ include }) => any(include, ({ inside }) => inside.length > 0)),
  where: index((one) => one.where !== undefined && 'column' in one.where && !one.where.over && !one.byFilter),
  'where over a relation': index((one) => overOf(one.where) !== undefined),
  'where by a foreign key': index((one) => one.where !== undefined && 'leads' in one.where),
  'a filter': index((one) => one.where !== undefined && one.byFilter),
  'where of a collection': index(({ include }) => any(include, (one) => one.where !== undefined)),
  when: index((one) => one.when !== undefined),
  routing: index((one) => one.routing !== undefined),
  outbox: index(({ sync }) => sync.includes('outbox')),
  'after-commit': index(({ sync }) => sync.includes('after-commit')),
};

/** What a model and its script hold: names of constructs, and of operations. */
export function constructsOf([plan, script]: Case): readonly string[] {
  const names = Object.entries(CONSTRUCTS).flatMap(([name, has]) => (has(plan) ? [name] : []));
  return [...names, ...new Set(script.flatMap(operationsOf).map((operation) => `${operation} of a row`))];
}

function operationsOf({ changes }: Transaction): Change['operation'][] {
  return changes.flatMap((one) => ('changes' in one ? operationsOf(one) : [one.operation]));
}
