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
  readonly nullable: boolean;
  readonly inverse: boolean;
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
  readonly where?: ConditionPlan;
}

export type TestPlan =
  Readonly<{ test: 'equals' | 'differs' | 'atLeast'; value: number }> | Readonly<{ test: 'null' | 'notNull' }>;

/** `over`: the relation whose row has the column, or some of whose rows have it. */
export interface ConditionPlan {
  readonly column: ColumnPlan;
  readonly test: TestPlan;
  readonly over?: Step;
}

export interface IndexPlan {
  readonly sync: readonly ('outbox' | 'after-commit')[];
  readonly include: readonly IncludePlan[];
  readonly where?: ConditionPlan;
  /** Whether `where` is a filter of the entity. */
  readonly byFilter: boolean;
  readonly when?: ConditionPlan;
  /** A column, or a relation that is needed, whose value chooses the shard. */
  readonly routing?: string;
}

export interface EntityPlan {
  readonly number: number;
  readonly table: string;
  readonly key: 'integer' | 'string';
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
    ...(relation.inverse && relation.to === entity
      ? [{ property: `${relation.name}of`, relation, side: 'inverse' } as const]
      : []),
  ]);
}

export function targetOf({ relation, side }: Step): number {
  return side === 'owner' ? relation.to : relation.on;
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
