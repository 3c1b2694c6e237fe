import type { FieldModel } from '../metadata/index-model.js';

/** Which columns and relations a document needs, as paths that `em.find` takes. */
export interface PopulatePlan {
  readonly fields: readonly string[];
  readonly populate: readonly string[];
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
  return { fields: [...new Set(plan.fields)], populate: [...new Set(plan.populate)] };
}

function collect(
  fields: readonly FieldModel[],
  owner: readonly string[],
  columnsOf: (owner: readonly string[]) => readonly string[],
): PopulatePlan {
  const at = (name: string): string => [...owner, name].join('.');
  const computed = fields.some((field) => field.kind === 'value' && field.computed);
  const parts = fields.map((field): PopulatePlan => {
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
