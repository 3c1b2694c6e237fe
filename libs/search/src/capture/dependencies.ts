import type { IndexDefinition } from '../mapping/index-definition.js';
import type { FieldModel, Relation } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';

/** One place where an index holds values of an entity. */
export interface Dependency {
  readonly definition: IndexDefinition;
  readonly entity: EntityClass;
  /** Relations from the indexed entity to this one; empty for the indexed entity itself. */
  readonly path: readonly string[];
  /** Properties whose change shows in documents; `all` when a getter may read any of them. */
  readonly watched: ReadonlySet<string> | 'all';
  /** The last relation of the path, and the entity that has it. */
  readonly via: (Relation & { readonly owner: EntityClass; readonly property: string }) | undefined;
}

/** Every place of every index where values come from. */
export function dependenciesOf(definitions: readonly IndexDefinition[]): Dependency[] {
  return definitions.flatMap((definition) =>
    collect(definition, definition.model.entity, followed(definition.model), [], undefined),
  );
}

/** What documents hold, and what decides whether they are there. */
function followed({ sources, condition }: IndexDefinition['model']): readonly FieldModel[] {
  return condition ? [...sources, ...condition.watched] : sources;
}

function collect(
  definition: IndexDefinition,
  entity: EntityClass,
  fields: readonly FieldModel[],
  path: readonly string[],
  via: Dependency['via'],
): Dependency[] {
  const related = fields.flatMap((field) => {
    if (field.kind === 'value' || !field.relation) return [];
    const step = { ...field.relation, owner: entity, property: field.name };
    const inner = field.filter ? [...field.fields, ...field.filter.watched] : field.fields;
    return collect(definition, field.relation.target, inner, [...path, field.name], step);
  });
  return [{ definition, entity, path, watched: watchedOf(fields), via }, ...related];
}

function watchedOf(fields: readonly FieldModel[]): ReadonlySet<string> | 'all' {
  const computed = fields.some((field) => field.kind === 'value' && field.computed);
  return computed ? 'all' : new Set(fields.map(({ name }) => name));
}

/** How a changed row of the indexed entity itself leads to its document: by itself, or by its primary key when the id is another property. */
export function rootPath({ model: { identity, primaryKey } }: IndexDefinition): readonly string[] {
  return identity.property === primaryKey ? [] : [primaryKey];
}

/** Whether `entity` is `of` or a subclass of it. */
export function isA(entity: EntityClass, of: EntityClass): boolean {
  return entity === of || Object.prototype.isPrototypeOf.call(of, entity);
}
