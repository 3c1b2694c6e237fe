import type { IndexedOptions, SearchFieldOptions } from './options.js';

/** A class of entities, abstract or not. */
export type EntityClass<T extends object = object> = (abstract new (...args: never[]) => T) & { readonly name: string };

type Recorded = ReadonlyMap<string, readonly SearchFieldOptions[]>;

const RECORDED = Symbol.for('rookery:search:recorded');

interface Records {
  readonly indexed: WeakMap<object, readonly IndexedOptions[]>;
  readonly fields: WeakMap<object, Map<string, readonly SearchFieldOptions[]>>;
}

/** For the whole process: a decorator may come from another build of this package than the module that reads it. */
const shared = globalThis as { [RECORDED]?: Records };
const { indexed, fields } = (shared[RECORDED] ??= { indexed: new WeakMap(), fields: new WeakMap() });

/** Decorators run from the lowest to the topmost: what comes later stands before. */
export function recordIndexed(entity: EntityClass, options: IndexedOptions): void {
  indexed.set(entity, [options, ...recordedIndices(entity)]);
}

export function recordField(entity: EntityClass, property: string, options: SearchFieldOptions): void {
  const own = fields.get(entity) ?? new Map<string, readonly SearchFieldOptions[]>();
  fields.set(entity, own.set(property, [options, ...(own.get(property) ?? [])]));
}

/** Options of the class's own `@Indexed`, as written from top to bottom; a subclass is not indexed because its parent is. */
export function recordedIndices(entity: EntityClass): readonly IndexedOptions[] {
  return indexed.get(entity) ?? [];
}

/** Name of an index without prefix. */
export function indexNameOf(entity: EntityClass, { name }: IndexedOptions): string {
  return name ?? entity.name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** All `@SearchField` options by property, the parents' first; a subclass overrides. */
export function recordedFields(entity: EntityClass): Recorded {
  const parent = Object.getPrototypeOf(entity) as EntityClass | null;
  const inherited = typeof parent === 'function' && parent !== Function.prototype ? recordedFields(parent) : [];
  return new Map([...inherited, ...(fields.get(entity) ?? [])]);
}

/** Options by property that hold in one index: those that name it in `in`, else those that name none. */
export function fieldsIn(entity: EntityClass, index: string): ReadonlyMap<string, SearchFieldOptions> {
  const chosen = [...recordedFields(entity)].map(([name, all]) => {
    return [
      name,
      all.find((options) => indicesOf(options).includes(index)) ?? all.find((options) => options.in === undefined),
    ] as const;
  });
  return new Map(chosen.filter((entry): entry is readonly [string, SearchFieldOptions] => entry[1] !== undefined));
}

/** Names of indices that a `@SearchField` is for; none when it is for all. */
export function indicesOf({ in: names = [] }: SearchFieldOptions): readonly string[] {
  return [names].flat();
}
