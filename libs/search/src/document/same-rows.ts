import type { FieldModel, ObjectField } from '../metadata/index-model.js';
import type { EntityClass } from '../metadata/recorder.js';

/** Fields of one place of a document, and the classes of the rows there. */
interface Place {
  readonly classes: readonly EntityClass[];
  readonly columns: readonly FieldModel[];
}

/**
 * What to load of rows: at each place of a document the columns that any place holds of rows of that class. The ORM has one
 * object of a row, and reads nothing more of it where it comes again at a place that holds more.
 *
 * @param holdsBelow whether the ORM loads columns of classes below over a relation to this class
 */
export function columnsOfSameRows(
  fields: readonly FieldModel[],
  root: EntityClass,
  holdsBelow: (entity: EntityClass) => boolean,
): readonly FieldModel[] {
  // The rows of the documents themselves are read first, each with all that it needs there.
  const [, ...places] = placesIn(fields, [root]);
  if (places.length === 0) return fields;
  const widened = (given: readonly FieldModel[], classes: readonly EntityClass[]): FieldModel[] => {
    const own = given.map((field) =>
      field.kind === 'value' ? field : { ...field, fields: inside(field, classes, widened) },
    );
    const names = new Set(given.map(({ name }) => name));
    const more = places.flatMap((other) => (other.columns === given ? [] : sharedColumns(other, classes, holdsBelow)));
    return [...own, ...new Map(more.filter(({ name }) => !names.has(name)).map((one) => [one.name, one])).values()];
  };
  return widened(fields, [root]);
}

/** Columns of an embeddable stand in the row of its owner: only relations inside of it are places. */
function inside(
  { fields, relation }: ObjectField,
  classes: readonly EntityClass[],
  widened: (fields: readonly FieldModel[], classes: readonly EntityClass[]) => FieldModel[],
): readonly FieldModel[] {
  if (relation) return widened(fields, classesOf(relation));
  return fields.map((field) =>
    field.kind === 'value' ? field : { ...field, fields: inside(field, classes, widened) },
  );
}

function placesIn(fields: readonly FieldModel[], classes: readonly EntityClass[] | undefined): Place[] {
  const below = fields.flatMap((field) =>
    field.kind === 'value' ? [] : placesIn(field.fields, field.relation && classesOf(field.relation)),
  );
  return classes ? [{ classes, columns: fields }, ...below] : below;
}

function classesOf({ targets, target }: NonNullable<ObjectField['relation']>): readonly EntityClass[] {
  return targets ? [...targets.values()] : [target];
}

/** The columns of another place that rows of these classes have, each with the classes that have it. */
function sharedColumns(
  { classes: theirs, columns }: Place,
  classes: readonly EntityClass[],
  holdsBelow: (entity: EntityClass) => boolean,
): FieldModel[] {
  return columns.flatMap((field): FieldModel[] => {
    const column = columnOf(field);
    if (!column) return [];
    const having = (field.of ?? theirs).flatMap((other) =>
      classes.flatMap((one) => {
        if (isOf(one, other)) return [one];
        return isOf(other, one) && holdsBelow(one) ? [other] : [];
      }),
    );
    return having.length === 0 ? [] : [{ ...column, of: having }];
  });
}

/** What a row holds by itself of a field: of a relation its foreign key, of a side without one nothing. */
function columnOf(field: FieldModel): FieldModel | undefined {
  if (field.kind === 'value') return field;
  const { name, options, relation, of } = field;
  if (relation && (relation.kind === 'm:n' || relation.side === 'inverse')) return undefined;
  return { kind: 'object', name, options, fields: [], relation: undefined, ...(of ? { of } : {}) };
}

function isOf(one: EntityClass, other: EntityClass): boolean {
  return one === other || Object.prototype.isPrototypeOf.call(other, one);
}
