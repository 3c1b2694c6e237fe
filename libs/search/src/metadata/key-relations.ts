import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { FieldModel, Relation } from './index-model.js';
import { isRelation, propertiesOf, relationOf } from './orm-property.js';
import { relationProblem } from './relation-rules.js';

/**
 * The relations among these properties, down to the key columns that they hold: watched, as the database hands a key that
 * changes on to every row that holds it (`on update cascade`), and reports it to nobody.
 */
export function keyRelations(
  meta: EntityMetadata,
  names: readonly string[],
  metas: readonly EntityMetadata[],
): FieldModel[] {
  return names.flatMap((name): FieldModel[] => {
    const property = (meta.properties as Record<string, EntityProperty | undefined>)[name];
    const target = property && isRelation(property) ? property.targetMeta : undefined;
    if (!property || !target) return [];
    const columns = target.primaryKeys.map((key): FieldModel => ({
      kind: 'value',
      name: key,
      options: {},
      facts: undefined,
      computed: false,
    }));
    const fields = [...columns, ...keyRelations(target, target.primaryKeys, metas)];
    return [{ kind: 'object', name, options: {}, fields, relation: relationOf(property, metas) }];
  });
}

/** A relation, with the relations in the key of its rows, where these can be followed. */
export function relationWithKeys(property: EntityProperty, metas: readonly EntityMetadata[]): Relation {
  const relation = relationOf(property, metas);
  const { targetMeta: target } = property;
  if (!target || relation.targets) return relation;
  const names = target.primaryKeys.filter((name) => {
    const part = propertiesOf(target)[name];
    return part && isRelation(part) && relationProblem(part, target, 'keys') === undefined;
  });
  const keys = keyRelations(target, names, metas);
  return keys.length > 0 ? { ...relation, keys } : relation;
}
