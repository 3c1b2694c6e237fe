import type { IndexedOptions, SearchFieldOptions } from './options.js';

/** A class of entities, abstract or not. */
export type EntityClass<T extends object = object> = (abstract new (...args: never[]) => T) & { readonly name: string };

/** Options of one field, and the index that alone they are for where `defineIndex` gave them. */
export type RecordedField = SearchFieldOptions & { readonly [OF_INDEX]?: string };

type Recorded = ReadonlyMap<string, readonly RecordedField[]>;
type Fields = Map<string, readonly RecordedField[]>;

const RECORDED = Symbol.for('rookery:search:recorded');
export const OF_INDEX = Symbol.for('rookery:search:of-index');

interface Records {
  readonly indexed: WeakMap<object, readonly IndexedOptions[]>;
  /** By class, or by the metadata of a class that stage-3 decorators stand in. */
  readonly fields: WeakMap<object, Fields>;
  /** Schemas that were given in place of their class, with the class that they had. */
  readonly schemas: Map<SchemaOfEntity, EntityClass>;
}

/** An `EntitySchema`, as `defineEntity` makes it. */
export interface SchemaOfEntity {
  readonly meta: { readonly class: unknown };
}

/** For the whole process: a decorator may come from another build of this package than the module that reads it. */
// eslint-disable-next-line no-restricted-globals -- what decorators record has no other place that both builds see
const shared = globalThis as { [RECORDED]?: Records };
const { indexed, fields, schemas } = (shared[RECORDED] ??= {
  indexed: new WeakMap(),
  fields: new WeakMap(),
  schemas: new Map<SchemaOfEntity, EntityClass>(),
});

/** Where stage-3 decorators find and leave what belongs to a class; Node does not have the symbol yet. */
const metadataSymbol = (): symbol | undefined => (Symbol as { metadata?: symbol }).metadata;

/** Decorators run from the lowest to the topmost: what comes later stands before. */
export function recordIndexed(entity: EntityClass, options: IndexedOptions): void {
  indexed.set(entity, [options, ...recordedIndices(entity)]);
}

/** Calls run as they are written. */
export function recordFurtherIndex(entity: EntityClass, options: IndexedOptions): void {
  indexed.set(entity, [...recordedIndices(entity), options]);
}

/** @param holder the class, or the metadata of its stage-3 decorators */
export function recordField(holder: object, property: string, options: RecordedField): void {
  const own = fields.get(holder) ?? (new Map() as Fields);
  fields.set(holder, own.set(property, [options, ...(own.get(property) ?? [])]));
}

export function recordSchema(schema: SchemaOfEntity, entity: EntityClass): void {
  schemas.set(schema, entity);
}

/** Schemas whose class was replaced after they were given in its place: what was recorded is of the former class. */
export function replacedClasses(): readonly (readonly [former: EntityClass, now: unknown])[] {
  return [...schemas].map(([{ meta }, entity]) => [entity, meta.class] as const).filter(([was, is]) => was !== is);
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
  return new Map([...inherited, ...fieldsOfStage3(entity), ...(fields.get(entity) ?? [])]);
}

function fieldsOfStage3(entity: EntityClass): Recorded {
  const symbol = metadataSymbol();
  const own = (symbol && Object.getOwnPropertyDescriptor(entity, symbol)?.value) as object | undefined;
  return (own && fields.get(own)) ?? (new Map() as Recorded);
}

/**
 * Options by property that hold in one index: those that name it in `in`, else those that name none; in the index of
 * another entity those of `defineIndex` too.
 */
export function fieldsIn(entity: EntityClass, index: string): ReadonlyMap<string, SearchFieldOptions> {
  const own = recordedIndices(entity).some((options) => indexNameOf(entity, options) === index);
  const chosen = [...recordedFields(entity)].map(([name, all]) => {
    return [
      name,
      all.find((options) => indicesOf(options).includes(index)) ??
        all.find((options) => indicesOf(options).length === 0) ??
        (own ? undefined : all.find((options) => options.in === undefined)),
    ] as const;
  });
  return new Map(chosen.filter((entry): entry is readonly [string, SearchFieldOptions] => entry[1] !== undefined));
}

/** Names of indices that a `@SearchField` is for; none when it is for all. */
export function indicesOf({ in: names, [OF_INDEX]: own }: RecordedField): readonly string[] {
  return [names ?? own ?? []].flat();
}
