import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { convertsValues } from './custom-type.js';
import { isRelation, propertiesOf } from './orm-property.js';
import type { RelationProblem } from './relation-rules.js';

/**
 * Why rows with the key of `meta` are not loaded over foreign keys: what the ORM reads in such a column is not what it has as
 * the key of the row, so it treats them as two rows. `undefined` where they are one.
 *
 * @param byPairs over the table of a many-to-many relation, where the ORM reads dates and booleans as keys have them
 */
export function unreadKeyProblem(meta: EntityMetadata, byPairs: boolean): RelationProblem | undefined {
  const columns = columnsOf(meta);
  const unread = columns.find(
    (column) =>
      (columns.length > 1 && convertsValues(column)) ||
      (!byPairs && ['Date', 'boolean'].includes(column.runtimeType) && !convertsValues(column)),
  );
  if (!unread) return undefined;
  return {
    problem: `leads by a foreign key that holds \`${unread.name}\` of the key of ${meta.className}, of which the ORM does not convert the values there: it loads no such row`,
    remedy: `Give ${meta.className} a key of numbers or texts, and make \`${unread.name}\` a unique column`,
  };
}

function columnsOf(meta: EntityMetadata): EntityProperty[] {
  return meta.primaryKeys.flatMap((name) => {
    const property = propertiesOf(meta)[name]!;
    return isRelation(property) && property.targetMeta ? columnsOf(property.targetMeta) : [property];
  });
}
