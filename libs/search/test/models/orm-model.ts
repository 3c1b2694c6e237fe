import { EntitySchema } from '@mikro-orm/core';
import { Indexed, SearchField } from '@rookery/search';
import {
  isMany,
  stepsOf,
  targetOf,
  valueOf,
  type ColumnPlan,
  type ConditionPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type Kind,
  type ModelPlan,
  type Step,
} from './plan.js';

export type Row = Record<string, unknown>;
export type EntityClass = new () => Row;

/** The classes of a plan, as an application would have them. */
export interface OrmModel {
  readonly classes: readonly EntityClass[];
  readonly schemas: readonly EntitySchema[];
}

const FILTER = 'shown';

let made = 0;

export function ormModel(plan: ModelPlan): OrmModel {
  made += 1;
  const embeddables: EntitySchema[] = [];
  const classes = plan.entities.map(({ number }) => newClass(`M${made}E${number}`));
  const schemas = plan.entities.map((entity) => {
    const cls = classes[entity.number]!;
    const parts = entity.embedded.map(
      (part) => [part.name, embeddedProperty(part, `M${made}E${entity.number}`, embeddables)] as const,
    );
    const steps = stepsOf(plan.relations, entity.number).map(
      (step) => [step.property, relationProperty(step, plan, classes)] as const,
    );
    describeIndex(cls, entity);
    return new EntitySchema<Row>({
      class: cls,
      tableName: entity.table,
      ...(entity.index?.byFilter && entity.index.where
        ? { filters: { [FILTER]: { name: FILTER, cond: ormCondition(entity.index.where), default: false } } }
        : {}),
      properties: {
        id: { type: entity.key === 'integer' ? 'integer' : 'string', primary: true, autoincrement: false },
        ...Object.fromEntries(entity.columns.map((one) => [one.name, columnProperty(one)])),
        ...Object.fromEntries(parts),
        ...Object.fromEntries(steps),
      },
    });
  });
  return { classes, schemas: [...embeddables, ...schemas] };
}

/** The condition as the ORM has it. */
function ormCondition({ column, test, over }: ConditionPlan): Row {
  const inner = { [column.name]: ormTest(column.kind, test) };
  if (!over) return inner;
  return { [over.property]: isMany(over) ? { $some: inner } : inner };
}

function ormTest(kind: Kind, test: ConditionPlan['test']): unknown {
  switch (test.test) {
    case 'null':
      return null;
    case 'notNull':
      return { $ne: null };
    case 'equals':
      return valueOf(kind, test.value);
    case 'differs':
      return { $ne: valueOf(kind, test.value) };
    case 'atLeast':
      return { $gte: valueOf(kind, test.value) };
  }
}

function newClass(name: string): EntityClass {
  return { [name]: class {} }[name] as unknown as EntityClass;
}

const TYPES: Readonly<Record<Kind, string>> = {
  string: 'string',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  datetime: 'datetime',
  json: 'json',
  strings: 'array',
  enum: 'enum',
};

function columnProperty({ kind, name, nullable }: ColumnPlan): object {
  const more =
    kind === 'enum' ? { enum: true, items: ['red', 'green'] } : kind === 'strings' ? { runtimeType: 'string[]' } : {};
  return { type: TYPES[kind], fieldName: name, nullable, ...more };
}

function embeddedProperty(part: EmbeddedPlan, owner: string, schemas: EntitySchema[]): object {
  const cls = newClass(`${owner}${part.name}`);
  const { columns, inner } = part.shape;
  const properties = {
    ...Object.fromEntries(columns.map((one) => [one.name, columnProperty(one)])),
    ...(inner ? { [inner.name]: embeddedProperty(inner, `${owner}${part.name}`, schemas) } : {}),
  };
  // None of them said: all are indexed.
  for (const one of [...columns, ...(inner ? [inner] : [])])
    if (one.indexed) SearchField(optionsOf(one))(cls.prototype as object, one.name);
  schemas.push(new EntitySchema({ class: cls, embeddable: true, properties } as never));
  return {
    kind: 'embedded',
    entity: () => cls,
    nullable: part.nullable,
    ...(part.how === 'inline'
      ? { prefix: `${part.name}_`, prefixMode: 'relative' }
      : { object: true, fieldName: part.name }),
    ...(part.how === 'array' ? { array: true } : {}),
  };
}

function relationProperty(step: Step, { entities }: ModelPlan, classes: readonly EntityClass[]): object {
  const { relation, side } = step;
  const { kind, name, nullable, inverse } = relation;
  const entity = (): EntityClass => classes[targetOf(step)]!;
  if (side === 'inverse')
    return {
      kind: kind === 'm:1' ? '1:m' : kind,
      entity,
      mappedBy: name,
      ...(kind === '1:1' ? { nullable: true } : {}),
    };
  const other = inverse ? { inversedBy: `${name}of` } : {};
  if (kind === 'm:n')
    return { kind, entity, owner: true, pivotTable: `p_${name}`, joinColumn: 'a', inverseJoinColumn: 'b', ...other };
  void entities;
  return {
    kind,
    entity,
    owner: true,
    nullable,
    fieldName: `${name}_id`,
    // What is required goes with the row that it leads to; the database says so to nobody.
    ...(nullable ? { deleteRule: 'set null' } : { deleteRule: 'cascade' }),
    ...other,
  };
}

function optionsOf(one: ColumnPlan | EmbeddedPlan): object {
  return 'kind' in one && one.kind === 'strings' ? { type: 'keyword' } : {};
}

function describeIndex(cls: EntityClass, entity: EntityPlan): void {
  const { index } = entity;
  for (const one of [...entity.columns, ...entity.embedded])
    if (one.indexed) SearchField(optionsOf(one))(cls.prototype as object, one.name);
  if (!index) return;
  // An index without any field is refused; the key is one.
  SearchField()(cls.prototype as object, 'id');
  for (const include of index.include)
    SearchField({
      include: pathsOf(include, ''),
      ...(include.where ? { where: ormCondition(include.where) } : {}),
    })(cls.prototype as object, include.step.property);
  const { where, when, byFilter, routing } = index;
  for (const sync of index.sync)
    Indexed({
      name: indexName(entity, sync),
      sync,
      ...(where ? (byFilter ? { filters: [FILTER] } : { where: ormCondition(where) }) : {}),
      ...(routing === undefined ? {} : { routing, settings: { number_of_shards: 3 } }),
      ...(when ? { when: (row: Row) => holds(when, row[when.column.name]), reads: [when.column.name] } : {}),
    } as never)(cls);
}

/** What `when` computes of a row as the ORM has it. */
function holds({ column, test }: ConditionPlan, value: unknown): boolean {
  if (test.test === 'null') return value === null || value === undefined;
  if (value === null || value === undefined) return false;
  if (!('value' in test)) return true;
  const wanted = valueOf(column.kind, test.value) as string | number | boolean;
  if (test.test === 'equals') return value === wanted;
  return test.test === 'differs' ? value !== wanted : (value as number) >= (wanted as number);
}

export function indexName({ table }: EntityPlan, sync: string): string {
  return `${table}-${sync}`;
}

function pathsOf({ columns, embedded, key, inside }: IncludePlan, prefix: string): string[] {
  return [
    ...(key ? [`${prefix}id`] : []),
    ...[...columns, ...embedded].map((name) => `${prefix}${name}`),
    ...inside.flatMap((one) => pathsOf(one, `${prefix}${one.step.property}.`)),
  ];
}
