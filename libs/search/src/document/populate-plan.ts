import type { FieldModel } from '../metadata/index-model.js';
import { copyOfWhere } from '../metadata/where-values.js';

/** Which columns and relations a document needs, as paths that `em.find` takes. */
export interface PopulatePlan {
  readonly fields: readonly string[];
  readonly populate: readonly string[];
  /** Which elements of collections are loaded, as `em.find` takes it in `populateWhere`. */
  readonly where: Readonly<Record<string, object>>;
}

/**
 * Loads only what documents hold. Getters may read any column of their entity: where one is indexed, `columnsOf`
 * gives all of them.
 */
export function populatePlan(
  fields: readonly FieldModel[],
  columnsOf: (owner: readonly string[]) => readonly string[],
): PopulatePlan {
  const plan = collect(fields, [], columnsOf);
  return { fields: [...new Set(plan.fields)], populate: [...new Set(plan.populate)], where: filtersOf(fields) };
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

function collect(
  fields: readonly FieldModel[],
  owner: readonly string[],
  columnsOf: (owner: readonly string[]) => readonly string[],
): Omit<PopulatePlan, 'where'> {
  const at = (name: string): string => [...owner, name].join('.');
  const computed = fields.some((field) => field.kind === 'value' && field.computed);
  const parts = fields.map((field): Omit<PopulatePlan, 'where'> => {
    if (field.kind === 'value') return { fields: field.facts ? [at(field.name)] : [], populate: [] };
    if (!field.relation) return { fields: [at(field.name)], populate: [] };
    const nested = collect(field.fields, [...owner, field.name], columnsOf);
    return { fields: nested.fields, populate: [at(field.name), ...nested.populate] };
  });
  return {
    fields: [...(computed ? columnsOf(owner).map(at) : []), ...parts.flatMap((part) => part.fields)],
    populate: parts.flatMap((part) => part.populate),
  };
}
