import type { EntityMetadata } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { FieldModel, IndexModel } from './index-model.js';
import { replacedClasses, type EntityClass } from './recorder.js';

/** Finds schemas that got another class after `defineIndex`, and entities whose schema only a call decides. */
export function checkSchemas(metas: readonly EntityMetadata[], models: readonly IndexModel[]): ModelComplaint[] {
  const replaced = replacedClasses().filter(([, now]) => metas.some((meta) => (meta.class as unknown) === now));
  const read = [
    ...new Set(
      models.flatMap(({ entity, sources, condition }) =>
        entitiesIn(entity, [...sources, ...(condition?.watched ?? [])]),
      ),
    ),
  ];
  const anywhere = metas.filter((meta) => meta.schema === '*' && read.includes(meta.class as unknown as EntityClass));
  return [
    ...replaced.map(([former]) => ({
      where: former.name,
      problem: 'got another class by `setClass` after `defineIndex`',
      remedy: 'Call `defineIndex` afterwards, or with that class',
    })),
    ...anywhere.map(({ className }) => ({
      where: className,
      problem: "has the schema '*', so that only each call knows where its rows are",
      remedy:
        'Name its schema; where each tenant has one, give each an ORM and a search of its own: forRoot({ name, orm, prefix })',
    })),
  ];
}

function entitiesIn(entity: EntityClass, fields: readonly FieldModel[]): EntityClass[] {
  const related = fields.flatMap((field) =>
    field.kind === 'object' && field.relation
      ? entitiesIn(field.relation.target, [...field.fields, ...(field.selects ?? []), ...(field.filter?.watched ?? [])])
      : [],
  );
  return [entity, ...related];
}
