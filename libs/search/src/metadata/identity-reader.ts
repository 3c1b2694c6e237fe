import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { ModelComplaint } from '../errors/model.errors.js';
import type { Identity } from './index-model.js';
import { keyPartsOf, primaryKeyName, primaryKeyParts } from './key-parts.js';
import { propertiesOf } from './orm-property.js';
import type { IndexedOptions } from './options.js';

/**
 * Reads `@Indexed({ id })`. The row of any document can be found by its id, and the other way round, whatever was
 * deleted or changed: so an id is a unique property, as it is or with text around it.
 */
export function readIdentity(meta: EntityMetadata, { id }: IndexedOptions, complaints: ModelComplaint[]): Identity {
  const own: Identity = { property: primaryKeyName(meta), parts: primaryKeyParts(meta), prefix: '', suffix: '' };
  const complain = (problem: string, remedy: string): Identity => {
    complaints.push({ where: meta.className, problem, remedy });
    return own;
  };
  if (id === undefined) return bytesIn(meta) ? complain(...OF_BYTES) : own;
  const identity = typeof id === 'function' ? probe(meta, id) : { property: id, prefix: '', suffix: '' };
  if (typeof identity === 'string')
    return complain(
      `has an \`id\` that ${identity}`,
      'Make it from one unique property, as it is: id: ({ slug }) => `book:${slug}`',
    );
  const { property: name } = identity;
  const property = propertiesOf(meta)[name];
  if (!property)
    return complain(
      `has the \`id\` '${name}', which is no mapped property`,
      `Use one of: ${uniqueNames(meta).join(', ')}`,
    );
  if (!isUnique(meta, property))
    return complain(
      `has the \`id\` '${name}', which is not unique: two rows would share a document`,
      `Add @Unique() to it, or ${uniqueNames(meta).length > 0 ? `use one of: ${uniqueNames(meta).join(', ')}` : 'leave `id` out: the whole key makes the id'}`,
    );
  if (property.nullable)
    return complain(
      `has the \`id\` '${name}', which may be null: such a row could have no document`,
      'Make the column not null, or use the primary key',
    );
  if (isBytes(property)) return complain(...OF_BYTES);
  return { ...identity, parts: keyPartsOf(property) };
}

const OF_BYTES = ['has a key of bytes, which no id can be made of', 'Name another property: @Indexed({ id })'] as const;

function bytesIn(meta: EntityMetadata): boolean {
  return meta.primaryKeys.some((name) => isBytes(propertiesOf(meta)[name]!));
}

function isBytes({ columnTypes, targetMeta, kind }: EntityProperty): boolean {
  if ((kind as string) !== 'scalar') return targetMeta ? bytesIn(targetMeta) : false;
  return /^(bytea|(var|long|medium|tiny)?(binary|blob))/i.test(columnTypes?.[0] ?? '');
}

/** Mixed case and a sign, so that whatever changes the value shows. */
const SAMPLES: Readonly<Record<string, unknown>> = { number: 4242424242, bigint: 42424242424242424242n };

/** Calls `id` with a row that notes what is read of it. @returns what is wrong with it, as the rest of "an id that …" */
function probe(meta: EntityMetadata, id: (entity: never) => unknown): Omit<Identity, 'parts'> | string {
  const read = new Set<string>();
  const valueOf = (name: string): unknown => SAMPLES[propertiesOf(meta)[name]?.runtimeType ?? ''] ?? 'aB-é 7';
  const row = new Proxy(
    {},
    { get: (_target, name) => (typeof name === 'string' ? (read.add(name), valueOf(name)) : undefined) },
  );
  let made: unknown;
  try {
    made = id(row as never);
  } catch (error) {
    return `throws: ${error instanceof Error ? error.message : String(error)}`;
  }
  const [property, ...others] = read;
  if (property === undefined || others.length > 0)
    return `reads ${read.size === 0 ? 'nothing of its row' : [...read].map((name) => `\`${name}\``).join(', ')}`;
  const parts = typeof made === 'string' ? made.split(String(valueOf(property))) : [];
  return parts.length === 2
    ? { property, prefix: parts[0]!, suffix: parts[1]! }
    : `does not hold \`${property}\` once, as it is`;
}

function isUnique(meta: EntityMetadata, property: EntityProperty): boolean {
  return (
    (property.primary === true && meta.primaryKeys.length === 1) ||
    Boolean(property.unique) ||
    meta.uniques.some(({ properties }) => [properties].flat().join() === property.name)
  );
}

function uniqueNames(meta: EntityMetadata): string[] {
  return Object.values(propertiesOf(meta))
    .filter((property) => isUnique(meta, property))
    .map(({ name }) => name);
}
