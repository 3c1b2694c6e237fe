import type { FieldModel, ObjectField } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';
import { copyOfWhere } from '../metadata/where-values.js';

/** Which columns and relations a document needs, as paths that `em.find` accepts. */
export interface PopulatePlan {
  readonly fields: readonly string[];
  readonly populate: readonly string[];
  /** Which elements of collections are loaded, as `em.find` accepts it in `populateWhere`. */
  readonly where: Readonly<Record<string, object>>;
  /** What is read class by class, once the rows that lead there are read. */
  readonly branches: readonly PlanBranch[];
}

/** Rows of one class behind a relation whose rows are of several tables. */
export interface PlanBranch {
  /** Properties that lead there. */
  readonly path: readonly string[];
  readonly entity: EntityClass;
  readonly plan: PopulatePlan;
}

/** Names of the columns of the entity at the end of `owner`, seen from `root`. */
export type ColumnsOf = (root: EntityClass, owner: readonly string[]) => readonly string[];

/**
 * Loads only what documents hold. Getters may read any column of their entity: where one is indexed, `columnsOf`
 * gives all of them.
 */
export function populatePlan(fields: readonly FieldModel[], root: EntityClass, columnsOf: ColumnsOf): PopulatePlan {
  const { branches, ...plan } = collect(fields, { root, owner: [] }, columnsOf);
  return {
    fields: [...new Set(plan.fields)],
    populate: [...new Set(plan.populate)],
    where: filtersOf(fields),
    branches,
  };
}

function filtersOf(fields: readonly FieldModel[]): Readonly<Record<string, object>> {
  const filters = fields.flatMap((field): [string, object][] => {
    if (field.kind === 'value') return [];
    const inner = filtersOf(field.fields);
    const where = field.filter ? { ...inner, ...(copyOfWhere(field.filter.where) as Record<string, object>) } : inner;
    return Object.keys(where).length > 0 ? [[field.name, where]] : [];
  });
  return Object.fromEntries(filters);
}

/** The plan of the rows of one class: fields of other classes are left out. */
export function planOfClass(fields: readonly FieldModel[], entity: EntityClass, columnsOf: ColumnsOf): PopulatePlan {
  return populatePlan(
    fields.filter(
      ({ of }) => !of || of.some((one) => entity === one || Object.prototype.isPrototypeOf.call(one, entity)),
    ),
    entity,
    columnsOf,
  );
}

type Paths = Omit<PopulatePlan, 'where'>;

interface Place {
  readonly root: EntityClass;
  readonly owner: readonly string[];
}

function collect(fields: readonly FieldModel[], place: Place, columnsOf: ColumnsOf): Paths {
  const at = (name: string): string => [...place.owner, name].join('.');
  const computed = fields.some((field) => field.kind === 'value' && field.computed);
  const parts = fields.map((field): Paths => {
    if (field.kind === 'value') return { fields: field.facts ? [at(field.name)] : [], populate: [], branches: [] };
    if (!holdsRelation(field)) return { fields: [at(field.name)], populate: [], branches: [] };
    if (field.relation?.apart) return apart(field, place, columnsOf);
    const nested = collect(field.fields, { ...place, owner: [...place.owner, field.name] }, columnsOf);
    // Embeddables are read with their owner: only relations inside of them are populated.
    if (!field.relation) return { ...nested, fields: [at(field.name), ...nested.fields] };
    // What is read of it may all be read later: without a column of its own it would not be read at all.
    const own = nested.fields.length === 0 ? [at(field.name)] : nested.fields;
    return { ...nested, fields: own, populate: [at(field.name), ...nested.populate] };
  });
  return {
    fields: [...(computed ? columnsOf(place.root, place.owner).map(at) : []), ...parts.flatMap((part) => part.fields)],
    populate: parts.flatMap((part) => part.populate),
    branches: parts.flatMap((part) => part.branches),
  };
}

/** The rows that lead there give their keys alone: of a collection, as references. */
function apart({ name, fields, relation }: ObjectField, { owner }: Place, columnsOf: ColumnsOf): Paths {
  const path = [...owner, name];
  const many = relation!.kind === '1:m' || relation!.kind === 'm:n' || relation!.side === 'inverse';
  return {
    fields: many ? [] : [path.join('.')],
    populate: many ? [`${path.join('.')}:ref`] : [],
    branches: relation!.apart!.map((entity) => ({ path, entity, plan: planOfClass(fields, entity, columnsOf) })),
  };
}

function holdsRelation(field: FieldModel): boolean {
  return field.kind === 'object' && (field.relation !== undefined || field.fields.some(holdsRelation));
}
