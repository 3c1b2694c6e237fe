/** What a value is; each has a column type in every database. */
export const KINDS = [
  'string',
  'integer',
  'bigint',
  'double',
  'boolean',
  'datetime',
  'json',
  'strings',
  'enum',
] as const;
export type Kind = (typeof KINDS)[number];

export interface ColumnPlan {
  readonly name: string;
  readonly kind: Kind;
  readonly nullable: boolean;
  readonly indexed: boolean;
}

/** A class that is embedded: its columns, and one more embeddable inside of it. */
export interface ShapePlan {
  readonly columns: readonly ColumnPlan[];
  readonly inner?: EmbeddedPlan;
}

/** `inline`: in columns of the row; `object` and `array`: in one JSON column. */
export interface EmbeddedPlan {
  readonly name: string;
  readonly how: 'inline' | 'object' | 'array';
  readonly shape: ShapePlan;
  readonly nullable: boolean;
  readonly indexed: boolean;
}

/** `on` owns the relation; its other side, where there is one, is `${name}of`. */
export interface RelationPlan {
  readonly name: string;
  readonly kind: 'm:1' | '1:1' | 'm:n';
  readonly on: number;
  readonly to: number;
  /** Of a many-to-one to rows of several entities: those beside `to`. */
  readonly others?: readonly number[];
  /** Of a to-one relation: no foreign key keeps it from leading nowhere. One to several entities never has any. */
  readonly unheld?: boolean;
  readonly nullable: boolean;
  readonly inverse: boolean;
  /** A part of the key of the entity that owns it. */
  readonly key: boolean;
  /** The class of the tree `on` that has it; absent where all have. */
  readonly onClass?: number;
  /** Of a many-to-many relation: the entity whose rows are its pairs. Its relations `${name}a` and `${name}b` are its key. */
  readonly pivot?: number;
}

/** One way along a relation. */
export interface Step {
  readonly property: string;
  readonly relation: RelationPlan;
  readonly side: 'owner' | 'inverse';
}

/** What of a related row is in a document. */
export interface IncludePlan {
  readonly step: Step;
  readonly columns: readonly string[];
  readonly embedded: readonly string[];
  readonly key: boolean;
  readonly inside: readonly IncludePlan[];
  readonly where?: ConditionPlan | undefined;
}

export type TestPlan =
  Readonly<{ test: 'equals' | 'differs' | 'atLeast'; value: number }> | Readonly<{ test: 'null' | 'notNull' }>;

/** `over`: the relation whose row has the column, or some of whose rows have it. */
export interface ConditionPlan {
  readonly column: ColumnPlan;
  readonly test: TestPlan;
  readonly over?: Step;
}

/** Whether a to-one relation leads somewhere, by its foreign key alone. */
export interface ReferencePlan {
  readonly leads: RelationPlan;
  readonly test: Extract<TestPlan, { test: 'null' | 'notNull' }>;
}

export type WherePlan = ConditionPlan | ReferencePlan;

/** The relation whose rows a condition compares. */
export function overOf(where: WherePlan | undefined): Step | undefined {
  return where && 'column' in where ? where.over : undefined;
}

export interface IndexPlan {
  readonly sync: readonly ('outbox' | 'after-commit')[];
  readonly include: readonly IncludePlan[];
  readonly where?: WherePlan;
  /** Whether `where` is a filter of the entity. */
  readonly byFilter: boolean;
  readonly when?: ConditionPlan;
  /** A column, or a relation that is needed, whose value chooses the shard. */
  readonly routing?: string;
}

/** A column of a key. The relations of a key come after its columns. */
export interface KeyColumnPlan {
  readonly name: string;
  readonly kind: 'integer' | 'string';
}

/** A class below the one of the entity: `extends` is one of the tree before it, absent for the entity itself. */
export interface ClassPlan {
  readonly name: string;
  readonly extends?: number;
  readonly columns: readonly ColumnPlan[];
}

/** `sti`: one table, whose column `kind` holds the class; `tpt`: a table for each class. */
export interface TreePlan {
  readonly how: 'sti' | 'tpt';
  /** No row is of the entity's own class. */
  readonly abstract: boolean;
  readonly classes: readonly ClassPlan[];
}

export interface EntityPlan {
  readonly number: number;
  readonly table: string;
  /** None where relations alone are the key. */
  readonly key: readonly KeyColumnPlan[];
  readonly tree?: TreePlan;
  readonly columns: readonly ColumnPlan[];
  readonly embedded: readonly EmbeddedPlan[];
  readonly index: IndexPlan | undefined;
}

export interface ModelPlan {
  readonly entities: readonly EntityPlan[];
  readonly relations: readonly RelationPlan[];
}

/** The sides of relations that an entity has as properties. */
export function stepsOf(relations: readonly RelationPlan[], entity: number): readonly Step[] {
  return relations.flatMap((relation): Step[] => [
    ...(relation.on === entity ? [{ property: relation.name, relation, side: 'owner' } as const] : []),
    ...(relation.inverse && entitiesBehind(relation).includes(entity)
      ? [{ property: `${relation.name}of`, relation, side: 'inverse' } as const]
      : []),
  ]);
}

/** The entities whose rows the owner of a relation can lead to. */
export function entitiesBehind({ to, others = [] }: RelationPlan): readonly number[] {
  return [to, ...others];
}

/** The column of a relation to several entities that holds the table of its row. */
export function typeColumn({ name }: RelationPlan): string {
  return `${name}_type`;
}

/** A column of a primary key in its table; what a relation in the key adds has the columns of its target's. */
export function keyLeaves({ entities, relations }: ModelPlan, entity: number): readonly KeyColumnPlan[] {
  const own = relations.filter(({ on, key }) => key && on === entity);
  return [...entities[entity]!.key, ...own.flatMap((relation) => foreignLeaves({ entities, relations }, relation))];
}

/** The columns of a foreign key; those of a relation to several entities are named by the key of the first. */
export function foreignLeaves(plan: ModelPlan, { name, to }: RelationPlan): readonly KeyColumnPlan[] {
  return keyLeaves(plan, to).map(({ name: leaf, kind }) => ({ name: `${name}_${leaf}`, kind }));
}

/** The pairs of a many-to-many relation: their table, and the columns that lead to either side. */
export function pairsOf(
  plan: ModelPlan,
  { name, on, to, pivot }: RelationPlan,
): { readonly table: string; readonly owner: readonly string[]; readonly other: readonly string[] } {
  const [a, b] = pivot === undefined ? ['a', 'b'] : [`${name}a`, `${name}b`];
  return {
    table: pivot === undefined ? `p_${name}` : plan.entities[pivot]!.table,
    owner: keyLeaves(plan, on).map((leaf) => `${a}_${leaf.name}`),
    other: keyLeaves(plan, to).map((leaf) => `${b}_${leaf.name}`),
  };
}

/** The name of a class, in the ORM and in the documents. */
export function className({ number, tree }: EntityPlan, cls?: number): string {
  return `Model${number}${cls === undefined ? '' : tree!.classes[cls]!.name}`;
}

/** A class of a tree with those above it, the nearest first; nothing for the entity's own. */
function lineOf(tree: TreePlan | undefined, cls: number | undefined): readonly number[] {
  return tree === undefined || cls === undefined ? [] : [cls, ...lineOf(tree, tree.classes[cls]!.extends)];
}

/** Columns of rows of any of these classes. */
export function columnsOfAny(entity: EntityPlan, classes: readonly (number | undefined)[]): readonly ColumnPlan[] {
  const all = [...entity.columns, ...classes.flatMap((cls) => columnsOf(entity, cls))];
  return [...new Map(all.map((column) => [column.name, column])).values()];
}

/** Columns that a row of a class has. */
export function columnsOf({ columns, tree }: EntityPlan, cls: number | undefined): readonly ColumnPlan[] {
  return [...columns, ...lineOf(tree, cls).flatMap((one) => tree!.classes[one]!.columns)];
}

/** The classes that a row can be of; `undefined` is the entity's own. */
export function rowClasses({ tree }: EntityPlan): readonly (number | undefined)[] {
  if (!tree) return [undefined];
  return [...(tree.abstract ? [] : [undefined]), ...tree.classes.keys()];
}

/** The classes of the rows at the other end of a step. */
export function classesAt(step: Step, target: EntityPlan): readonly (number | undefined)[] {
  const { onClass } = step.relation;
  const all = rowClasses(target);
  return step.side === 'owner' || onClass === undefined
    ? all
    : all.filter((cls) => lineOf(target.tree, cls).includes(onClass));
}

/** Whether rows of a class have this side of a relation. */
export function hasStep({ tree }: EntityPlan, cls: number | undefined, { relation, side }: Step): boolean {
  return side === 'inverse' || relation.onClass === undefined || lineOf(tree, cls).includes(relation.onClass);
}

/** The entities of the rows at the other end of a step. */
export function targetsOf({ relation, side }: Step): readonly number[] {
  return side === 'owner' ? entitiesBehind(relation) : [relation.on];
}

export function isMany({ relation: { kind }, side }: Step): boolean {
  return kind === 'm:n' || (kind === 'm:1' && side === 'inverse');
}

/** The values of a kind, each by its number. */
const VALUES: Readonly<Record<Kind, readonly unknown[]>> = {
  string: ['a', 'b', 'ünï "q"', '', 'it’s, so'],
  integer: [0, 1, -7, 42],
  bigint: [0n, 9_007_199_254_740_993n, -5n],
  double: [0, 1.5, -2.25, 1e12],
  boolean: [true, false],
  datetime: [new Date('2024-02-29T12:30:00.000Z'), new Date(0), new Date('1969-12-31T23:59:59.000Z')],
  json: [{ a: 1, b: ['x'] }, { a: 2, c: { d: true } }, {}],
  strings: [['a', 'b'], ['c'], []],
  enum: ['red', 'green'],
};

export function valueOf(kind: Kind, number: number): unknown {
  const values = VALUES[kind];
  const value = values[number % values.length];
  return kind === 'json' || kind === 'strings' ? structuredClone(value) : value;
}
