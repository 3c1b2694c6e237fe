import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, IndexModel, ObjectField } from './index-model.js';
import { classOf, havingProperty } from './inheritance.js';
import { propertiesOf } from './orm-property.js';
import { keyProblemOf, relationProblem, type RelationProblem } from './relation-rules.js';

/**
 * Relations that conditions, orders, `reads` and `routing` lead over: what `include` refuses of a relation is refused there
 * too. Where a foreign key alone is compared, nothing of the other row is followed.
 */
export function checkRelations(models: readonly IndexModel[], metas: readonly EntityMetadata[]): ModelComplaint[] {
  const complaints = new Map<string, ModelComplaint>();
  const walk = (at: readonly EntityMetadata[], fields: readonly FieldModel[], of: 'rows' | 'keys'): void => {
    for (const field of fields) {
      if (field.kind === 'value') continue;
      const having = at.flatMap((meta) => havingProperty(field.name, meta, metas));
      for (const meta of having) {
        const refused = problemOf(field, meta, of, metas);
        const where = `${meta.className}.${field.name}`;
        if (refused) complaints.set(where, { where, ...refused });
      }
      walk(
        targetsOf(field, having, metas),
        [...field.fields, ...(field.selects ?? []), ...(field.filter?.watched ?? [])],
        of,
      );
    }
  };
  for (const { entity, sources, condition, keys } of models) {
    const root = metas.filter((meta) => classOf(meta) === entity);
    walk(root, [...sources, ...(condition?.watched ?? [])], 'rows');
    walk(root, keys, 'keys');
  }
  return [...complaints.values()];
}

function problemOf(
  { name, fields, relation }: ObjectField,
  meta: EntityMetadata,
  of: 'rows' | 'keys',
  metas: readonly EntityMetadata[],
): RelationProblem | undefined {
  const property = propertiesOf(meta)[name];
  if (!relation || !property) return undefined;
  const refused = relationProblem(property, meta, fields.length > 0 ? of : 'keys');
  if (refused || fields.length === 0 || of === 'keys') return refused;
  const target = metas.find((one) => classOf(one) === relation.target);
  return target && keyProblemOf(target);
}

/** What has the properties behind a field: the classes that a relation leads to, or the embeddable. */
function targetsOf(
  { name, relation }: ObjectField,
  having: readonly EntityMetadata[],
  metas: readonly EntityMetadata[],
): EntityMetadata[] {
  const classes: readonly unknown[] = relation
    ? [...(relation.targets?.values() ?? [relation.target])]
    : having.map((meta) => propertiesOf(meta)[name]?.embeddable);
  return metas.filter((meta) => classes.includes(classOf(meta)));
}
