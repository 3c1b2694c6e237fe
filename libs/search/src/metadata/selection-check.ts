import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, ObjectField } from './index-model.js';
import { propertiesOf } from './orm-property.js';
import type { EntityClass } from './recorder.js';

/**
 * A collection with `where` that another path of the same index leads to, where it is embedded whole: the ORM has one list
 * of each row, and rows of a page are read together.
 */
export function checkSelections(
  meta: EntityMetadata,
  fields: readonly FieldModel[],
  complaints: ModelComplaint[],
): void {
  const entity = meta.class as EntityClass;
  const filtered = fields.filter((field): field is ObjectField => field.kind === 'object' && Boolean(field.filter));
  for (const field of filtered) {
    const { name } = field;
    const side = otherSide(meta, field, fields);
    if (side !== undefined)
      complaints.push({
        where: `${meta.className}.${name}`,
        problem: `has \`where\`, and its other side is embedded by \`${side}\`: the ORM adds to its list what it loads there`,
        remedy: 'Leave one of them out, or give the rows two relations',
      });
    const other = fields.map((field) => pathTo(name, entity, field, undefined)).find((path) => path !== undefined);
    if (other === undefined) continue;
    complaints.push({
      where: `${meta.className}.${name}`,
      problem: `has \`where\`, and is embedded whole by \`${other}\`: the ORM has one list of a row`,
      remedy: 'Leave one of them out, or give the rows two relations',
    });
  }
}

/** The path to the other side of a many-to-many relation; not below the relation, where only its elements lead. */
function otherSide(meta: EntityMetadata, filtered: ObjectField, fields: readonly FieldModel[]): string | undefined {
  const { name, relation } = filtered;
  const property = propertiesOf(meta)[name];
  const other = property && relation?.kind === 'm:n' ? property.mappedBy || property.inversedBy : undefined;
  if (!other || !relation) return undefined;
  const at = isKin(meta.class as EntityClass, relation.target) ? relation.target : undefined;
  const others = fields.filter((field) => field !== filtered);
  return others.map((field) => pathTo(other, relation.target, field, at)).find((path) => path !== undefined);
}

/** The path to `entity.name` below a field; `at` is the class that has the field, `undefined` at the top. */
function pathTo(name: string, entity: EntityClass, field: FieldModel, at: EntityClass | undefined): string | undefined {
  if (field.kind === 'value') return undefined;
  if (at && field.name === name && field.relation && isKin(at, entity)) return name;
  const below = field.relation?.target ?? at;
  for (const inner of field.fields) {
    const path = pathTo(name, entity, inner, below);
    if (path !== undefined) return `${field.name}.${path}`;
  }
  return undefined;
}

/** Whether a row may be of both. */
function isKin(a: EntityClass, b: EntityClass): boolean {
  return a === b || Object.prototype.isPrototypeOf.call(a, b) || Object.prototype.isPrototypeOf.call(b, a);
}
