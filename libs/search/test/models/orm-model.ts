import { EntitySchema } from '@mikro-orm/core';
import { Indexed, SearchField } from '@rookery/search';
import {
  className,
  entitiesBehind,
  foreignLeaves,
  isMany,
  pairsOf,
  stepsOf,
  targetsOf,
  typeColumn,
  valueOf,
  type ColumnPlan,
  type ConditionPlan,
  type EmbeddedPlan,
  type EntityPlan,
  type IncludePlan,
  type IndexPlan,
  type Kind,
  type ModelPlan,
  type RelationPlan,
  type Step,
  type WherePlan,
} from './plan.js';

export type Row = Record<string, unknown>;
export type EntityClass = new () => Row;

/** The classes of a plan, as an application would have them. */
export interface OrmModel {
  /** By the number of the entity. */
  readonly classes: readonly EntityClass[];
  /** The classes below that of an entity, by its number and their own. */
  readonly below: readonly (readonly EntityClass[])[];
  readonly schemas: readonly EntitySchema[];
}

const FILTER = 'shown';

export function ormModel(plan: ModelPlan): OrmModel {
  const embeddables: EntitySchema[] = [];
  const classes = plan.entities.map((entity) => newClass(className(entity)));
  const below = plan.entities.map((entity) => {
    const { number, tree } = entity;
    const own: EntityClass[] = [];
    for (const [n, one] of (tree?.classes ?? []).entries())
      own.push(newClass(className(entity, n), one.extends === undefined ? classes[number]! : own[one.extends]!));
    return own;
  });
  const makes: Makes = { plan, classes, below };
  const schemas = plan.entities.flatMap((entity) => {
    const cls = classes[entity.number]!;
    const parts = entity.embedded.map(
      (part) => [part.name, embeddedProperty(part, className(entity), embeddables)] as const,
    );
    describeIndex(makes, entity);
    const own = new EntitySchema<Row>({
      class: cls,
      tableName: entity.table,
      ...(entity.index?.byFilter && entity.index.where
        ? { filters: { [FILTER]: { name: FILTER, cond: ormCondition(entity.index.where), default: false } } }
        : {}),
      ...treeOptions(makes, entity),
      properties: {
        ...Object.fromEntries(
          entity.key.map(({ name, kind }) => [
            name,
            { type: kind, fieldName: name, primary: true, autoincrement: false },
          ]),
        ),
        ...Object.fromEntries(entity.columns.map((one) => [one.name, columnProperty(one)])),
        ...Object.fromEntries(parts),
        ...relationsOf(makes, entity, undefined),
      },
    } as never);
    return [own, ...classesBelow(makes, entity)];
  });
  return { classes, below, schemas: [...embeddables, ...schemas] };
}

interface Makes {
  readonly plan: ModelPlan;
  readonly classes: readonly EntityClass[];
  readonly below: readonly (readonly EntityClass[])[];
}

/** The value of `kind` for rows of the entity's own class. */
export const BASE_KIND = 'base';

function treeOptions({ classes, below }: Makes, { number, tree }: EntityPlan): object {
  if (!tree) return {};
  if (tree.how === 'tpt') return { inheritance: 'tpt' };
  const map = Object.fromEntries(tree.classes.map(({ name }, n) => [name, below[number]![n]!.name]));
  const own = tree.abstract ? {} : { [BASE_KIND]: classes[number]!.name };
  return { discriminatorColumn: 'kind', discriminatorMap: { ...own, ...map }, abstract: tree.abstract };
}

function classesBelow(makes: Makes, entity: EntityPlan): EntitySchema[] {
  const { number, table, tree } = entity;
  const own = makes.below[number]!;
  return (tree?.classes ?? []).map(
    (one, n) =>
      new EntitySchema<Row>({
        class: own[n]!,
        extends: (one.extends === undefined ? makes.classes[number]! : own[one.extends]!) as never,
        ...(tree!.how === 'tpt' ? { tableName: `${table}_${one.name}` } : {}),
        properties: {
          ...Object.fromEntries(one.columns.map((column) => [column.name, columnProperty(column)])),
          ...relationsOf(makes, entity, n),
        },
      } as never),
  );
}

/** The sides of relations that a class has of its own. */
function relationsOf(makes: Makes, { number }: EntityPlan, cls: number | undefined): Record<string, never> {
  const steps = stepsOf(makes.plan.relations, number).filter((step) => classOfStep(step) === cls);
  return Object.fromEntries(steps.map((step) => [step.property, relationProperty(step, makes) as never]));
}

/** The class of the tree that has this side of a relation; absent where all have. */
function classOfStep({ relation, side }: Step): number | undefined {
  return side === 'owner' ? relation.onClass : undefined;
}

/** The condition as the ORM has it. */
function ormCondition(condition: WherePlan): Row {
  if ('leads' in condition) return { [condition.leads.name]: condition.test.test === 'null' ? null : { $ne: null } };
  const { column, test, over } = condition;
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

function newClass(name: string, above?: EntityClass): EntityClass {
  const made = above ? { [name]: class extends above {} } : { [name]: class {} };
  return made[name] as unknown as EntityClass;
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
  // None of them is marked: all are indexed.
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

function relationProperty(step: Step, { plan, classes, below }: Makes): object {
  const { relation, side } = step;
  const { kind, name, nullable, inverse, key } = relation;
  const entity = (): EntityClass =>
    (side === 'inverse' && relation.onClass !== undefined ? below[relation.on]![relation.onClass] : undefined) ??
    classes[targetsOf(step)[0]!]!;
  if (side === 'inverse')
    return {
      kind: kind === 'm:1' ? '1:m' : kind,
      entity,
      mappedBy: name,
      ...(kind === '1:1' ? { nullable: true } : {}),
    };
  const other = inverse ? { inversedBy: `${name}of` } : {};
  // No foreign key holds what leads to several tables.
  if (relation.others)
    return {
      kind,
      entity: () => entitiesBehind(relation).map((to) => classes[to]!),
      discriminatorColumn: typeColumn(relation),
      nullable,
      ...other,
    };
  if (kind === 'm:n') return { kind, entity, owner: true, ...pairProperty(plan, relation, classes), ...other };
  return {
    kind,
    entity,
    owner: true,
    nullable,
    ...(key ? { primary: true } : {}),
    joinColumns: foreignLeaves(plan, relation).map((leaf) => leaf.name),
    ...(relation.unheld ? { createForeignKeyConstraint: false } : {}),
    updateRule: 'cascade',
    // What is required goes with the row that it leads to; the database does not report it.
    ...(nullable ? { deleteRule: 'set null' } : { deleteRule: 'cascade' }),
    ...other,
  };
}

function pairProperty(plan: ModelPlan, relation: RelationPlan, classes: readonly EntityClass[]): object {
  const { table, owner, other } = pairsOf(plan, relation);
  if (relation.pivot !== undefined) return { pivotEntity: () => classes[relation.pivot!]! };
  return { pivotTable: table, joinColumns: owner, inverseJoinColumns: other, updateRule: 'cascade' };
}

function optionsOf(one: ColumnPlan | EmbeddedPlan): object {
  return 'kind' in one && one.kind === 'strings' ? { type: 'keyword' } : {};
}

function describeIndex({ plan, classes, below }: Makes, entity: EntityPlan): void {
  const { index, key, tree, number } = entity;
  const cls = classes[number]!;
  const say = (of: EntityClass, property: string, options: object): void =>
    SearchField(options)(of.prototype as object, property);
  for (const one of [...entity.columns, ...entity.embedded]) if (one.indexed) say(cls, one.name, optionsOf(one));
  for (const [n, { columns }] of (tree?.classes ?? []).entries())
    for (const one of columns) if (one.indexed) say(below[number]![n]!, one.name, optionsOf(one));
  if (!index) return;
  // An index without any field is refused; the key is one.
  for (const { name } of key) say(cls, name, {});
  for (const include of index.include) {
    const at = classOfStep(include.step);
    const filter = include.where ? { where: ormCondition(include.where) } : {};
    const paths = pathsOf(plan, include, '');
    say(at === undefined ? cls : below[number]![at]!, include.step.property, { include: paths, ...filter });
  }
  addIndices(entity, index, cls);
}

function addIndices(entity: EntityPlan, index: IndexPlan, cls: EntityClass): void {
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

function pathsOf(plan: ModelPlan, include: IncludePlan, prefix: string): string[] {
  const { columns, embedded, key, inside, step } = include;
  const keys = key ? targetsOf(step).flatMap((to) => plan.entities[to]!.key.map(({ name }) => name)) : [];
  const own = [...new Set(keys)];
  return [
    ...[...own, ...columns, ...embedded].map((name) => `${prefix}${name}`),
    ...inside.flatMap((one) => pathsOf(plan, one, `${prefix}${one.step.property}.`)),
  ];
}
