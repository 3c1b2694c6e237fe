import { SearchDocumentError, SearchHookError } from '../errors/query.errors.js';
import { shown } from '../errors/search-error.js';
import type { FieldModel, IndexModel, ObjectField, ValueField } from '../metadata/index-model.js';
import { keyIn, type DocumentKey } from '../metadata/key-parts.js';
import { keyText } from './document-id.js';
import { fieldValue } from './field-value.js';
import { inKeyOrder } from './in-key-order.js';
import { toJsonValue, UnfitValue } from './json-value.js';
import { UnreadableRow } from './unreadable-row.js';

type Json = Readonly<Record<string, unknown>>;

export type { DocumentKey, KeyValue } from '../metadata/key-parts.js';

type Identified = Pick<IndexModel, 'identity'>;

/** The key of an entity's document: the primary key, or what `@Indexed({ id })` names. */
export function keyOf({ identity: { parts } }: Identified, entity: object): DocumentKey {
  return entity instanceof UnreadableRow ? entity.key : keyIn(parts, entity);
}

/** The id of a document: its key as text, with the text around it that `@Indexed({ id })` puts there. */
export function documentIdOf({ identity: { prefix, suffix } }: Identified, key: DocumentKey): string {
  return `${prefix}${keyText(key)}${suffix}`;
}

/** The text of the key that an id stands for; the id itself when it is none of this model. */
export function keyTextOf({ identity: { prefix, suffix } }: Identified, id: string): string {
  const fits = id.startsWith(prefix) && id.endsWith(suffix) && id.length >= prefix.length + suffix.length;
  return fits ? id.slice(prefix.length, id.length - suffix.length) : id;
}

/** The routing of an entity's document; `undefined` where the model has none. @throws SearchHookError */
export function routingOf<T extends object>(model: IndexModel<T>, entity: object): string | undefined {
  if (!model.routing) return undefined;
  const id = documentIdOf(model, keyOf(model, entity));
  const value = guarded(model, 'routing', id, () => model.routing!.of(entity));
  if (['string', 'number', 'bigint'].includes(typeof value) && value !== '') return String(value);
  throw new SearchHookError('routing', model.entity.name, id, {
    cause: new Error(`it gave ${JSON.stringify(value) ?? 'undefined'}, and has to give a text that is not empty`),
  });
}

/** Whether an entity is to have a document, as far as code decides that. @throws SearchHookError */
export function isWanted<T extends object>(model: IndexModel<T>, entity: object): boolean {
  const when = model.condition?.when;
  if (!when) return true;
  const id = documentIdOf(model, keyOf(model, entity));
  const wanted = guarded(model, 'when', id, () => when(entity));
  if (typeof wanted === 'boolean') return wanted;
  throw new SearchHookError('when', model.entity.name, id, {
    cause: new Error(`it gave ${shown(wanted)}, and has to give true or false`),
  });
}

/**
 * Builds the document of a loaded entity: only its fields, relations embedded, and what its `document` makes of that.
 *
 * @returns `undefined` where `document` returns none
 * @throws SearchDocumentError naming document and field, for a value without a place in JSON; SearchHookError.
 */
export function buildDocument<T extends object>(model: IndexModel<T>, entity: T): Json | undefined {
  const id = documentIdOf(model, keyOf(model, entity));
  const fields = objectOf(model.fields, entity, { id, path: '' });
  const { document } = model.hooks;
  if (!document) return fields;
  const made = guarded(model, 'document', id, () => document(entity, fields as Record<string, unknown>));
  if (made === undefined) return undefined;
  if (typeof made === 'object' && made !== null && !Array.isArray(made) && !('then' in made))
    return valueOf(() => toJsonValue(made), { id, path: 'document' }) as Json;
  throw new SearchHookError('document', model.entity.name, id, {
    cause: new Error(
      `it gave ${typeof made === 'object' ? 'no plain object' : typeof made}, and has to give an object, or undefined for no document`,
    ),
  });
}

function guarded<R, T extends object>(
  model: IndexModel<T>,
  hook: 'document' | 'routing' | 'when',
  id: string,
  call: () => R,
): R {
  try {
    return call();
  } catch (cause) {
    throw new SearchHookError(hook, model.entity.name, id, { cause });
  }
}

interface Place {
  readonly id: string;
  readonly path: string;
}

function objectOf(fields: readonly FieldModel[], source: object, place: Place): Json {
  const object: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.of && !field.of.some((entity) => source instanceof entity)) continue;
    const path = place.path ? `${place.path}.${field.name}` : field.name;
    const at = { id: place.id, path };
    const value = field.kind === 'value' && field.readFrom ? field.readFrom(source) : readOf(source, field.name, at);
    const made = field.kind === 'object' ? embedRelated(field, value, at) : single(field, value, at);
    if (made !== undefined) object[field.name] = made;
  }
  return object;
}

/** A getter may throw. */
function readOf(source: object, name: string, place: Place): unknown {
  try {
    return (source as Record<string, unknown>)[name];
  } catch (cause) {
    const remedy = 'must be readable: load what its getter reads with `reads`, or let it return null';
    throw new SearchDocumentError(place.id, place.path, cause, remedy, { cause });
  }
}

function single(field: ValueField, value: unknown, place: Place): unknown {
  const given = valueOf(() => fieldValue(field, value), place);
  return field.keys ? embed(field.keys, given, place) : valueOf(() => toJsonValue(given), place);
}

function embed(fields: readonly FieldModel[], value: unknown, place: Place): unknown {
  const related = unwrap(value);
  if (related === undefined || related === null) return related;
  if (Array.isArray(related) || related instanceof Set)
    return [...(related as Iterable<unknown>)].map((element) => embed(fields, element, place));
  if (related instanceof Map) return objectOf(fields, Object.fromEntries(related) as object, place);
  if (typeof related !== 'object' || related instanceof Promise)
    throw new SearchDocumentError(place.id, place.path, related, 'must be an object, or a list of objects');
  return objectOf(fields, related, place);
}

function embedRelated(field: ObjectField, value: unknown, place: Place): unknown {
  const { fields, relation, inKeyOrder: key } = field;
  if (!relation) return embed(fields, value, place);
  // Where a part of a foreign key is null, the ORM gives no value.
  const related = unwrap(value) ?? null;
  const mayBeGone = relation.apart ?? relation.unheld;
  if (!Array.isArray(related)) return !mayBeGone || isRead(related) ? embed(fields, related, place) : null;
  // The foreign key of a pair allows every row of the table, whatever class has the collection.
  const members = relation.kind === 'm:n' ? related.filter((row) => row instanceof relation.target) : related;
  const rows = relation.apart ? members.filter(isRead) : (members as object[]);
  return embed(fields, key ? inKeyOrder(rows, key) : rows, place);
}

function isRead(row: unknown): boolean {
  return (row as Managed | null | undefined)?.__helper?.isInitialized() !== false;
}

/** What the ORM keeps at each entity. */
interface Managed {
  readonly __helper?: { isInitialized(): boolean };
}

/** Entities stand behind collections (`getItems`) and references (`unwrap`). */
function unwrap(value: unknown): object | null | undefined {
  const wrapper = value as { getItems?: (check?: boolean) => object[]; unwrap?: () => object } | null | undefined;
  if (typeof wrapper?.getItems === 'function') return wrapper.getItems(false);
  if (typeof wrapper?.unwrap === 'function') return wrapper.unwrap();
  return wrapper;
}

function valueOf(make: () => unknown, place: Place): unknown {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnfitValue) throw new SearchDocumentError(place.id, place.path, error.value, error.remedy);
    throw error;
  }
}
