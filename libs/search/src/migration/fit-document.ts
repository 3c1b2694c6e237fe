import type { FieldMapping } from '../contracts/index-body.js';

/** Leaves of a document only what a mapping has, so that an index with an older model accepts it. Pure. */
export function fitDocument(document: object, properties: Readonly<Record<string, FieldMapping>>): object {
  const known = Object.entries(document).filter(([name]) => name in properties);
  return Object.fromEntries(known.map(([name, value]) => [name, fitValue(value, properties[name]!)]));
}

function fitValue(value: unknown, { properties }: FieldMapping): unknown {
  // JSON whose fields are not mapped goes in as it is.
  if (!properties || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => fitValue(element, { type: 'object', properties }));
  return fitDocument(value, properties);
}
