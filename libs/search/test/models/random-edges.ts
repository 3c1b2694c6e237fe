import { isDeepStrictEqual } from 'node:util';
import type { KeyColumnPlan, RelationPlan, TreePlan } from './plan.js';
import type { entity } from './raw-plan.js';
import type { Raw, RawEdge } from './raw-plan.js';

/** An edge with its ends, and what of it a model may have. */
interface Edge extends Omit<RawEdge, 'on' | 'to' | 'onClass' | 'others'> {
  readonly on: number;
  readonly to: number;
  readonly onClass: number | undefined;
  /** Further entities that a many-to-one relation leads to. */
  readonly others: readonly number[];
}

/** A row points to rows of earlier tables, or of its own: the ORM's generator makes no circles of tables on SQLite. */
export function withEnds(
  edge: Omit<RawEdge, 'others'> & { readonly others?: readonly number[] | undefined },
  count: number,
): Edge {
  const both = [edge.on % count, edge.to % count] as const;
  const [on, to] = edge.kind === 'm:n' ? both : [Math.max(...both), Math.min(...both)];
  const others = edge.kind === 'm:1' ? (edge.others ?? []) : [];
  return { ...edge, on, to, others, onClass: edge.onClass };
}

/** Entities that a relation can lead to beside the first: no foreign key is there, and the keys have columns of one kind. */
export function withOthers(edge: Edge, keys: readonly Key[], daring: boolean): Edge {
  // The ORM names the columns by the first that it has.
  const [to, ...others] = [edge.to, ...othersOf(edge, keys, daring)].sort((a, b) => a - b);
  return { ...edge, to: to!, others };
}

function othersOf({ to, others }: Edge, keys: readonly Key[], daring: boolean): readonly number[] {
  const first = keys[to]!;
  const kindsOf = (columns: readonly KeyColumnPlan[]): readonly string[] => columns.map(({ kind }) => kind);
  // Where a key holds one of several columns, the ORM does not read it.
  if (!daring && first.over !== undefined && keys[first.over]!.size > 1) return [];
  const fitting = keys.flatMap(({ columns, over }, other) =>
    other !== to && isDeepStrictEqual([kindsOf(columns), over], [kindsOf(first.columns), first.over]) ? [other] : [],
  );
  return fitting.length === 0 ? [] : [...new Set(others.map((other) => fitting[other % fitting.length]!))];
}

/** The key of an entity: its own columns, the edge that is a part of it, and how many columns that comes to. */
interface Key {
  readonly columns: readonly KeyColumnPlan[];
  readonly by: number;
  /** The entity that the edge leads to. */
  readonly over: number | undefined;
  readonly size: number;
}

export function keysOf(
  entities: readonly { readonly key: Raw<typeof entity>['key']; readonly tree: TreePlan | undefined }[],
  edges: readonly Edge[],
  daring: boolean,
): readonly Key[] {
  const keys: Key[] = [];
  for (const [on, { key, tree }] of entities.entries()) {
    const fits = (edge: Edge): boolean => {
      if (edge.kind === 'm:n' || edge.on !== on || edge.to === on) return false;
      const target = keys[edge.to]!;
      return daring || target.by < 0 || target.size === 1;
    };
    const by = key.startsWith('relation') && tree?.how !== 'tpt' ? edges.findIndex(fits) : -1;
    const foreign = by < 0 ? 0 : keys[edges[by]!.to]!.size;
    // One relation to a key of several columns as the whole key: no other relation leads there.
    const isMet = edges.some((edge, n) => n !== by && (edge.to === on || (edge.kind === 'm:n' && edge.on === on)));
    const alone = key === 'relation' && (daring || foreign === 1 || !isMet);
    const columns = keyColumns(alone ? key : key === 'relation' ? 'relation and column' : key, by >= 0, on);
    keys.push({ columns, by, over: edges[by]?.to, size: columns.length + foreign });
  }
  return keys;
}

/** An edge as one that no start refuses: what the ORM joins of a base with rows of its own is rows of that class alone. */
export function followable(edge: Edge, trees: readonly (TreePlan | undefined)[]): Edge {
  const { kind, on, to, pivot } = edge;
  const [own, other] = [trees[on], trees[to]];
  if (kind === '1:1' && edge.onClass === undefined && isConcreteBase(own)) return { ...edge, inverse: false };
  if (kind === 'm:n') {
    const alone = isConcreteBase(own) || isConcreteBase(other) || (own?.how === 'tpt' && pivot === undefined);
    if (alone) return withEnds({ ...edge, kind: 'm:1' }, trees.length);
  }
  return own?.how === 'sti' && isExtended(own, edge.onClass) ? { ...edge, inverse: false } : edge;
}

function isExtended({ classes }: TreePlan, number: number | undefined): boolean {
  return number !== undefined && classes.some((one) => one.extends === number % classes.length);
}

export function isConcreteBase(tree: TreePlan | undefined): boolean {
  return tree?.how === 'sti' && !tree.abstract;
}

/** An edge that is a part of a key. The ORM loads nothing over the other side of a whole key of several columns. */
export function inKey(edge: Edge, keys: readonly Key[], daring: boolean): Edge {
  const { columns, size } = keys[edge.on]!;
  return { ...edge, onClass: undefined, inverse: edge.inverse && (daring || columns.length > 0 || size === 1) };
}

/** The class that has an edge. */
export function ownedBy(edge: Edge, trees: readonly (TreePlan | undefined)[], keys: readonly Key[]): Edge {
  const tree = trees[edge.on];
  if (!tree) return { ...edge, onClass: undefined };
  const { classes, how } = tree;
  const cls = edge.onClass === undefined ? undefined : edge.onClass % classes.length;
  if (how === 'sti') return { ...edge, onClass: cls };
  const last = cls === undefined || isExtended(tree, cls) ? undefined : cls;
  // The ORM makes no tables where a class with a table of its own inherits a foreign key of several columns.
  const alone = edge.kind !== 'm:n' && (keys[edge.to]!.size > 1 || edge.others.length > 0);
  return { ...edge, onClass: last ?? (alone ? classes.findIndex((_, n) => !isExtended(tree, n)) : undefined) };
}

function keyColumns(kind: Raw<typeof entity>['key'], related: boolean, number: number): readonly KeyColumnPlan[] {
  const id = {
    name: number % 3 === 2 ? 'no' : 'id',
    kind: kind === 'string' || kind === 'relation and column' ? 'string' : 'integer',
  } as const;
  if (kind === 'pair') return [id, { name: 'k', kind: 'string' }];
  return kind === 'relation' && related ? [] : [id];
}

export function pairRelations(
  { name, on, to }: RelationPlan,
  pivot: number,
  [a, b]: readonly [boolean, boolean],
): readonly RelationPlan[] {
  const pair = { kind: 'm:1', on: pivot, nullable: false, key: true } as const;
  return [
    { ...pair, name: `${name}a`, to: on, inverse: a },
    { ...pair, name: `${name}b`, to, inverse: b },
  ];
}
