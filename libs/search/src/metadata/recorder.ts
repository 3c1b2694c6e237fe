import type { IndexedOptions, SearchFieldOptions } from './options.js';

/** A class of entities, abstract or not. */
export type EntityClass<T extends object = object> = (abstract new (...args: never[]) => T) & { readonly name: string };

const indexed = new WeakMap<object, IndexedOptions>();
const fields = new WeakMap<object, Map<string, SearchFieldOptions>>();

export function recordIndexed(entity: EntityClass, options: IndexedOptions): void {
  indexed.set(entity, options);
}

export function recordField(entity: EntityClass, property: string, options: SearchFieldOptions): void {
  const own = fields.get(entity) ?? new Map<string, SearchFieldOptions>();
  fields.set(entity, own.set(property, options));
}

/** Options of the class's own `@Indexed`; a subclass is not indexed because its parent is. */
export function recordedIndexed(entity: EntityClass): IndexedOptions | undefined {
  return indexed.get(entity);
}

/** `@SearchField` options by property, the parents' first; a subclass overrides. */
export function recordedFields(entity: EntityClass): ReadonlyMap<string, SearchFieldOptions> {
  const parent = Object.getPrototypeOf(entity) as EntityClass | null;
  const inherited = typeof parent === 'function' && parent !== Function.prototype ? recordedFields(parent) : [];
  return new Map([...inherited, ...(fields.get(entity) ?? [])]);
}
