import type { IndexDefinition } from '../mapping/index-definition.js';
import type { FieldModel, ObjectField, Pivot, Relation } from '../metadata/index-model.js';
import { stepTo } from '../metadata/path-step.js';
import type { EntityClass } from '../metadata/recorder.js';

/** One place where an index holds values of an entity. */
export interface Dependency {
  readonly definition: IndexDefinition;
  readonly entity: EntityClass;
  /** Steps from the indexed entity to this one; empty for the indexed entity itself. */
  readonly path: readonly string[];
  /** Properties whose change shows in documents; `all` when a getter may read any of them. */
  readonly watched: ReadonlySet<string> | 'all';
  /** The last relation of the path, and the entity that has it. */
  readonly via: Via | undefined;
  /** The entity is the pivot of `via`: its rows are members of that collection. */
  readonly pivot?: Pivot;
}

export type Via = Relation & { readonly owner: EntityClass; readonly property: string };

/** Every place of every index where values come from. */
export function dependenciesOf(definitions: readonly IndexDefinition[]): Dependency[] {
  return definitions.flatMap((definition) =>
    collect(definition, { entity: definition.model.entity, path: [], via: undefined }, followed(definition.model)),
  );
}

/** What documents hold, and what decides whether they are there. */
function followed({ sources, condition, keys }: IndexDefinition['model']): readonly FieldModel[] {
  return [...sources, ...(condition?.watched ?? []), ...keys];
}

type Place = Pick<Dependency, 'entity' | 'path' | 'via'>;

function collect(definition: IndexDefinition, place: Place, fields: readonly FieldModel[]): Dependency[] {
  return [
    { definition, ...place, watched: watchedOf(fields) },
    ...fields.flatMap((field) => (field.kind === 'object' ? behind(definition, place, field, [field.name]) : [])),
  ];
}

/** @param steps from the row of `place` to the field: those before the last are embeddables */
function behind(definition: IndexDefinition, place: Place, field: ObjectField, steps: readonly string[]): Dependency[] {
  const { relation } = field;
  if (!relation)
    return field.fields.flatMap((inner) =>
      inner.kind === 'object' ? behind(definition, place, inner, [...steps, inner.name]) : [],
    );
  const path = [...place.path, ...steps];
  const via: Via = { ...relation, owner: place.entity, property: field.name };
  const fields = [
    ...field.fields,
    ...(field.selects ?? []),
    ...(field.filter?.watched ?? []),
    // An order by key selects them.
    ...((!field.inKeyOrder && relation.keys) || []),
  ];
  const pivot: Dependency[] = relation.pivot
    ? [{ definition, entity: relation.pivot.entity, path, watched: 'all', via, pivot: relation.pivot }]
    : [];
  if (!relation.targets) return [...pivot, ...collect(definition, { entity: relation.target, path, via }, fields)];
  return [...relation.targets].flatMap(([value, entity]) => {
    const to = [...path.slice(0, -1), stepTo(field.name, value)];
    return collect(
      definition,
      { entity, path: to, via },
      fields.filter(({ of }) => !of || of.some((one) => isA(one, entity) || isA(entity, one))),
    );
  });
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
