import type {
  ColumnPlan,
  ConditionPlan,
  EmbeddedPlan,
  EntityPlan,
  IncludePlan,
  Kind,
  ModelPlan,
  RelationPlan,
  ShapePlan,
  Step,
  WherePlan,
} from './plan.js';
import {
  classesAt,
  className,
  columnsOf,
  entitiesBehind,
  foreignLeaves,
  hasStep,
  isMany,
  keyLeaves,
  pairsOf,
  stepsOf,
  targetsOf,
  typeColumn,
  valueOf,
} from './plan.js';

/** Rows as SQL gives them, by table: `t0`, …, `t0_a` of a class with a table of its own, and the pairs of a many-to-many. */
export type Tables = ReadonlyMap<string, readonly SqlRow[]>;
type SqlRow = Readonly<Record<string, unknown>>;
type Json = Record<string, unknown>;

/** A row of an entity, whichever tables it is in, and its class: `undefined` is the entity's own. */
interface OfClass {
  readonly row: SqlRow;
  readonly cls: number | undefined;
}

interface OfEntity extends OfClass {
  readonly entity: EntityPlan;
}

/**
 * The documents that an index should have, from rows alone: it has the plan and what the pages of the library promise, and
 * nothing of how the library does it. Elements of collections are in the order of their keys.
 */
export function expectedDocuments(plan: ModelPlan, entity: EntityPlan, tables: Tables): ReadonlyMap<string, Json> {
  const oracle = new Oracle(plan, tables);
  const { where, when, include } = entity.index!;
  const documents = new Map<string, Json>();
  for (const one of oracle.rowsOf(entity)) {
    if (where && !oracle.fulfils(entity, one, where)) continue;
    if (when && !oracle.fulfils(entity, one, when)) continue;
    documents.set(
      idOf(keyLeaves(plan, entity.number).map(({ name }) => one.row[name])),
      oracle.document(entity, one, include),
    );
  }
  return documents;
}

/** `1:top`, with a `~` before each `:` and `~` of a value; one value is itself. */
function idOf(values: readonly unknown[]): string {
  if (values.length === 1) return text(values[0]);
  return values.map((value) => text(value).replace(/[:~]/g, '~$&')).join(':');
}

class Oracle {
  constructor(
    private readonly plan: ModelPlan,
    private readonly tables: Tables,
  ) {}

  document(entity: EntityPlan, one: OfClass, include: readonly IncludePlan[]): Json {
    const { tree, key, columns } = entity;
    const document: Json = {};
    if (tree?.how === 'sti') document['kind'] = one.row['kind'];
    if (tree?.how === 'tpt') document['entityType'] = className(entity, one.cls).toLowerCase();
    for (const { name } of key) document[name] = one.row[name];
    for (const column of tree ? columnsOf(entity, one.cls) : columns)
      if (column.indexed) document[column.name] = decoded(column.kind, one.row[column.name]);
    for (const part of entity.embedded) if (part.indexed) document[part.name] = embeddedOf(part, one.row);
    for (const each of include)
      if (hasStep(entity, one.cls, each.step)) document[each.step.property] = this.related(entity, one, each);
    return document;
  }

  private related(entity: EntityPlan, one: OfClass, include: IncludePlan): unknown {
    const rows = this.rowsOver(entity, one, include.step).filter(
      (each) => !include.where || this.fulfils(each.entity, each, include.where),
    );
    if (!isMany(include.step)) return rows[0] ? this.part(rows[0], include) : null;
    const leaves = keyLeaves(this.plan, targetsOf(include.step)[0]!).map(({ name }) => name);
    return rows.sort((a, b) => inOrderOf(leaves, a.row, b.row)).map((each) => this.part(each, include));
  }

  private part(one: OfEntity, { columns, embedded, key, inside }: IncludePlan): Json {
    const target = one.entity;
    const part: Json = {};
    if (key) for (const { name } of target.key) part[name] = one.row[name];
    for (const column of columnsOf(target, one.cls))
      if (columns.includes(column.name)) part[column.name] = decoded(column.kind, one.row[column.name]);
    for (const each of target.embedded) if (embedded.includes(each.name)) part[each.name] = embeddedOf(each, one.row);
    for (const each of inside)
      if (this.isOf(target, each.step) && hasStep(target, one.cls, each.step))
        part[each.step.property] = this.related(target, one, each);
    return part;
  }

  /** Of the rows behind a relation to several entities, some have the step and others do not. */
  private isOf({ number }: EntityPlan, { property }: Step): boolean {
    return stepsOf(this.plan.relations, number).some((step) => step.property === property);
  }

  fulfils(entity: EntityPlan, one: OfClass, condition: WherePlan): boolean {
    if ('leads' in condition) {
      const { leads, test } = condition;
      const holder = leads.others ? typeColumn(leads) : foreignLeaves(this.plan, leads)[0]!.name;
      return (one.row[holder] ?? null) === null ? test.test === 'null' : test.test === 'notNull';
    }
    const { column, test, over } = condition;
    if (over) {
      const inner: ConditionPlan = { column, test };
      return this.rowsOver(entity, one, over, 'pairs').some((each) => this.fulfils(each.entity, each, inner));
    }
    const value = decoded(column.kind, one.row[column.name]);
    if (test.test === 'null') return value === null;
    // Whatever is compared with null is not true in SQL.
    if (value === null) return false;
    if (!('value' in test)) return true;
    const wanted = valueOf(column.kind, test.value) as string | number | boolean;
    if (test.test === 'equals') return value === wanted;
    return test.test === 'differs' ? value !== wanted : (value as number) >= (wanted as number);
  }

  rowsOf({ number, table, tree }: EntityPlan): OfClass[] {
    const rows = this.tables.get(table)!;
    if (!tree) return rows.map((row) => ({ row, cls: undefined }));
    if (tree.how === 'sti')
      return rows.map((row) => {
        const cls = tree.classes.findIndex(({ name }) => name === row['kind']);
        return { row, cls: cls < 0 ? undefined : cls };
      });
    const leaves = keyLeaves(this.plan, number).map(({ name }) => name);
    return rows.map((base): OfClass => {
      const found = tree.classes.map(({ name }) =>
        this.tables.get(`${table}_${name}`)!.find((row) => same(row, leaves, base, leaves)),
      );
      // A class comes after those that it extends.
      const cls = found.findLastIndex((row) => row !== undefined);
      return { row: Object.assign({}, base, ...found) as SqlRow, cls: cls < 0 ? undefined : cls };
    });
  }

  /** @param what `pairs`: as SQL joins them, whatever class the collection is of */
  private rowsOver(
    entity: EntityPlan,
    one: OfClass,
    step: Step,
    what: 'members' | 'pairs' = 'members',
  ): readonly OfEntity[] {
    const { relation, side } = step;
    if (relation.others && side === 'owner') return this.namedBy(relation, one);
    const target = this.plan.entities[targetsOf(step)[0]!]!;
    return this.rowsAt(target, entity, one, step, what).map((each) => ({ ...each, entity: target }));
  }

  /** The row that a relation to several entities leads to: one column names its table, the others its key. */
  private namedBy(relation: RelationPlan, { row }: OfClass): readonly OfEntity[] {
    const foreign = foreignLeaves(this.plan, relation).map(({ name }) => name);
    const target = entitiesBehind(relation)
      .map((number) => this.plan.entities[number]!)
      .find(({ table }) => table === row[typeColumn(relation)]);
    if (!target) return [];
    const leaves = keyLeaves(this.plan, target.number).map(({ name }) => name);
    return this.rowsOf(target)
      .filter((each) => same(row, foreign, each.row, leaves))
      .map((each) => ({ ...each, entity: target }));
  }

  private rowsAt(
    target: EntityPlan,
    entity: EntityPlan,
    { row }: OfClass,
    step: Step,
    what: 'members' | 'pairs',
  ): readonly OfClass[] {
    const { relation, side } = step;
    const others = this.rowsOf(target);
    const [own, other] = [entity.number, target.number].map((n) => keyLeaves(this.plan, n).map(({ name }) => name)) as [
      string[],
      string[],
    ];
    if (relation.kind === 'm:n') {
      const pairs = pairsOf(this.plan, relation);
      const [here, there] = side === 'owner' ? [pairs.owner, pairs.other] : [pairs.other, pairs.owner];
      const mine = this.tables.get(pairs.table)!.filter((pair) => same(pair, here, row, own));
      // The foreign key of a pivot allows every row of the tree; members are those of the class that has the collection.
      const members = what === 'pairs' ? others : others.filter(({ cls }) => classesAt(step, target).includes(cls));
      return members.filter((each) => mine.some((pair) => same(pair, there, each.row, other)));
    }
    const foreign = foreignLeaves(this.plan, relation).map(({ name }) => name);
    if (side === 'owner') return others.filter((each) => same(row, foreign, each.row, other));
    return others.filter(
      (each) =>
        same(each.row, foreign, row, own) && (!relation.others || each.row[typeColumn(relation)] === entity.table),
    );
  }
}

function text(value: unknown): string {
  return String(value);
}

/** Whether these columns of two rows hold the same values, and none holds nothing. */
function same(a: SqlRow, of: readonly string[], b: SqlRow, to: readonly string[]): boolean {
  return of.every((name, at) => {
    const [one, other] = [a[name] ?? null, b[to[at]!] ?? null];
    return one !== null && other !== null && text(one) === text(other);
  });
}

function inOrderOf(columns: readonly string[], a: SqlRow, b: SqlRow): number {
  for (const name of columns) {
    const [one, other] = [a[name] as string | number, b[name] as string | number];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** What of an embeddable is in documents: what is marked as indexed, or all where nothing is. */
function shown({ columns, inner }: ShapePlan): {
  readonly columns: readonly ColumnPlan[];
  readonly inner?: EmbeddedPlan;
} {
  const said = [...columns, ...(inner ? [inner] : [])].some(({ indexed }) => indexed);
  if (!said) return { columns, ...(inner ? { inner } : {}) };
  return { columns: columns.filter(({ indexed }) => indexed), ...(inner?.indexed ? { inner } : {}) };
}

function embeddedOf(part: EmbeddedPlan, row: SqlRow, prefix = ''): unknown {
  if (part.how === 'inline') return inlineOf(part, row, prefix);
  const value = parsed(row[`${prefix}${part.name}`]);
  if (value === null || value === undefined) return null;
  return Array.isArray(value)
    ? value.map((one) => objectOf(part.shape, one as SqlRow))
    : objectOf(part.shape, value as SqlRow);
}

/** Of columns of the row. Where it may be null, and all of them are, it is. */
function inlineOf(part: EmbeddedPlan, row: SqlRow, prefix: string): unknown {
  const own = `${prefix}${part.name}_`;
  const { columns, inner } = shown(part.shape);
  if (part.nullable && isNull(part, row, prefix)) return null;
  const object: Json = {};
  for (const { name, kind } of columns) object[name] = decoded(kind, row[`${own}${name}`]);
  if (inner) object[inner.name] = embeddedOf(inner, row, own);
  return object;
}

function isNull(part: EmbeddedPlan, row: SqlRow, prefix: string): boolean {
  const own = `${prefix}${part.name}_`;
  const { columns, inner } = part.shape;
  if (columns.some(({ name }) => (row[`${own}${name}`] ?? null) !== null)) return false;
  if (!inner) return true;
  return inner.how === 'inline' ? isNull(inner, row, own) : (row[`${own}${inner.name}`] ?? null) === null;
}

/** Of the JSON in one column. */
function objectOf(shape: ShapePlan, json: SqlRow): Json {
  const { columns, inner } = shown(shape);
  const object: Json = {};
  for (const { name, kind } of columns) object[name] = decoded(kind, json[name]);
  if (!inner) return object;
  if (inner.how === 'inline') {
    const flat = inner.shape.columns.every(({ name }) => (json[`${inner.name}_${name}`] ?? null) === null);
    const inside = json[inner.name] as SqlRow | null | undefined;
    object[inner.name] = inside ? objectOf(inner.shape, inside) : flat ? null : inlineOf(inner, json, '');
    return object;
  }
  object[inner.name] = embeddedOf(inner, json);
  return object;
}

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value;
}

/** A value of SQL, or of JSON in a column, as it is in a document. */
function decoded(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'bigint':
      return text(value);
    case 'boolean':
      return value === 1 || value === true;
    case 'datetime':
      return (value instanceof Date ? value : new Date(value as string | number)).toISOString();
    case 'json':
      return parsed(value);
    case 'strings':
      return Array.isArray(value) ? value : value === '' ? [] : text(value).split(',');
    case 'integer':
    case 'double':
      return Number(value);
    default:
      return value;
  }
}
