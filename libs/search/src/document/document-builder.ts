import { SearchDocumentError } from '../errors/query.errors.js';
import type { FieldModel, IndexModel, ObjectField } from '../metadata/index-model.js';
import { toJsonValue, UnfitValue } from './json-value.js';

type Json = Readonly<Record<string, unknown>>;

/** The document id of an entity: its primary key as a string. */
export function documentIdOf(primaryKey: unknown): string {
  return String(primaryKey);
}

/**
 * Builds the document of a loaded entity: only its fields, relations embedded.
 *
 * @throws SearchDocumentError naming document and field, for a value without a place in JSON.
 */
export function buildDocument<T extends object>(model: IndexModel<T>, entity: T): Json {
  const id = documentIdOf((entity as Record<string, unknown>)[model.primaryKey]);
  return objectOf(model.fields, entity, { id, path: '' });
}

interface Place {
  readonly id: string;
  readonly path: string;
}

function objectOf(fields: readonly FieldModel[], source: object, place: Place): Json {
  const entries = fields.map((field) => {
    const path = place.path ? `${place.path}.${field.name}` : field.name;
    const value = (source as Record<string, unknown>)[field.name];
    return [field.name, field.kind === 'object' ? embed(field, value, { ...place, path }) : valueOf(value, { ...place, path })] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function embed(field: ObjectField, value: unknown, place: Place): unknown {
  const related = unwrap(value);
  if (related === undefined || related === null) return related;
  if (Array.isArray(related)) return related.map((element) => embed(field, element, place));
  return objectOf(field.fields, related, place);
}

/** Entities stand behind collections (`getItems`) and references (`unwrap`). */
function unwrap(value: unknown): object | null | undefined {
  const wrapper = value as { getItems?: (check?: boolean) => object[]; unwrap?: () => object } | null | undefined;
  if (typeof wrapper?.getItems === 'function') return wrapper.getItems(false);
  if (typeof wrapper?.unwrap === 'function') return wrapper.unwrap();
  return wrapper;
}

function valueOf(value: unknown, place: Place): unknown {
  try {
    return toJsonValue(value);
  } catch (error) {
    if (error instanceof UnfitValue) throw new SearchDocumentError(place.id, place.path, error.value, error.remedy);
    throw error;
  }
}
