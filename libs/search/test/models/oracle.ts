import type {
  ColumnPlan,
  ConditionPlan,
  EmbeddedPlan,
  EntityPlan,
  IncludePlan,
  Kind,
  ModelPlan,
  ShapePlan,
  Step,
} from './plan.js';
import { isMany, targetOf, valueOf } from './plan.js';

/** Rows as SQL gives them, by table: `t0`, …, and `p_r3` for the pairs `a`, `b` of a many-to-many. */
export type Tables = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
type SqlRow = Readonly<Record<string, unknown>>;
type Json = Record<string, unknown>;

/**
 * The documents that an index should have, from rows alone: it knows the plan and what the pages of the library promise, and
 * nothing of how the library does it. Elements of collections are in the order of their JSON.
 */
export function expectedDocuments(plan: ModelPlan, entity: EntityPlan, tables: Tables): ReadonlyMap<string, Json> {
  const oracle = new Oracle(plan, tables);
  const { where, when, include } = entity.index!;
  const documents = new Map<string, Json>();
  for (const row of tables.get(entity.table)!) {
    if (where && !oracle.fulfils(entity, row, where)) continue;
    if (when && !oracle.fulfils(entity, row, when)) continue;
    documents.set(String(row['id']), oracle.document(entity, row, include));
  }
  return documents;
}

class Oracle {
  constructor(
    private readonly plan: ModelPlan,
    private readonly tables: Tables,
  ) {}

  document(entity: EntityPlan, row: SqlRow, include: readonly IncludePlan[]): Json {
    const document: Json = { id: row['id'] };
    for (const column of entity.columns)
      if (column.indexed) document[column.name] = decoded(column.kind, row[column.name]);
    for (const part of entity.embedded) if (part.indexed) document[part.name] = embeddedOf(part, row);
    for (const one of include) document[one.step.property] = this.related(entity, row, one);
    return document;
  }

  private related(entity: EntityPlan, row: SqlRow, include: IncludePlan): unknown {
    const target = this.plan.entities[targetOf(include.step)]!;
    const rows = this.rowsOver(entity, row, include.step).filter(
      (one) => !include.where || this.fulfils(target, one, include.where),
    );
    const parts = rows.map((one) => this.part(target, one, include));
    return isMany(include.step) ? inOrder(parts) : (parts[0] ?? null);
  }

  private part(target: EntityPlan, row: SqlRow, { columns, embedded, key, inside }: IncludePlan): Json {
    const part: Json = key ? { id: row['id'] } : {};
    for (const column of target.columns)
      if (columns.includes(column.name)) part[column.name] = decoded(column.kind, row[column.name]);
    for (const one of target.embedded) if (embedded.includes(one.name)) part[one.name] = embeddedOf(one, row);
    for (const one of inside) part[one.step.property] = this.related(target, row, one);
    return part;
  }

  fulfils(entity: EntityPlan, row: SqlRow, { column, test, over }: ConditionPlan): boolean {
    if (over) {
      const inner: ConditionPlan = { column, test };
      return this.rowsOver(entity, row, over).some((one) =>
        this.fulfils(this.plan.entities[targetOf(over)]!, one, inner),
      );
    }
    const value = decoded(column.kind, row[column.name]);
    if (test.test === 'null') return value === null;
    // Whatever is compared with null is not true in SQL.
    if (value === null) return false;
    if (!('value' in test)) return true;
    const wanted = valueOf(column.kind, test.value) as string | number | boolean;
    if (test.test === 'equals') return value === wanted;
    return test.test === 'differs' ? value !== wanted : (value as number) >= (wanted as number);
  }

  private rowsOver(entity: EntityPlan, row: SqlRow, step: Step): readonly SqlRow[] {
    const { relation, side } = step;
    const others = this.tables.get(this.plan.entities[targetOf(step)]!.table)!;
    void entity;
    if (relation.kind === 'm:n') {
      const [own, other] = side === 'owner' ? ['a', 'b'] : ['b', 'a'];
      const pairs = this.tables.get(`p_${relation.name}`)!.filter((pair) => same(pair[own], row['id']));
      return others.filter(({ id }) => pairs.some((pair) => same(pair[other], id)));
    }
    const key = `${relation.name}_id`;
    return side === 'owner'
      ? others.filter(({ id }) => same(row[key], id))
      : others.filter((one) => same(one[key], row['id']));
  }
}

function text(value: unknown): string {
  return String(value);
}

function same(a: unknown, b: unknown): boolean {
  return a !== null && a !== undefined && text(a) === text(b);
}

function inOrder(parts: readonly Json[]): readonly Json[] {
  return parts
    .map((part) => [JSON.stringify(part), part] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, part]) => part);
}

/** What of an embeddable is in documents: what is said to be, or all where nothing is. */
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
