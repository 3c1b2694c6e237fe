import { SearchKeyError } from '../errors/key.errors.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexModel } from '../metadata/index-model.js';
import { partsIn, shortestPath, type KeyPart } from '../metadata/key-parts.js';
import { documentIdOf, keyOf, type DocumentKey } from './document-builder.js';

type Keyed = Pick<IndexModel, 'identity' | 'entity'>;

/** Of an id: OpenSearch refuses a longer one, with the whole request that it is in. */
const MAX_ID_BYTES = 512;

/**
 * The key of an entity that has one.
 *
 * @param call `index`, as the message names it
 * @throws SearchOptionError for an entity that was not flushed, and for what is no entity; SearchKeyError for an id too long
 */
export function keyOfEntity(call: string, model: Keyed, entity: unknown): DocumentKey {
  const given = typeof entity === 'object' && entity !== null;
  const key: unknown = given ? keyOf(model, entity) : undefined;
  if (given && isKey(model, key)) return withId(model, key);
  const { entity: type } = model;
  const requirement = given
    ? `needs entities that have a key: this ${type.name} has no \`${missingIn(model, entity)}\` yet, flush it first`
    : `needs entities of ${type.name}`;
  throw new SearchOptionError([{ option: call, requirement, received: given ? key : entity }]);
}

/** @throws SearchOptionError for a key that no document of the index can have; SearchKeyError for an id too long */
export function assertKey(call: string, model: Keyed, key: unknown): asserts key is DocumentKey {
  if (isKey(model, key)) return void withId(model, key);
  throw new SearchOptionError([{ option: `${call} key`, requirement: keyRequirement(model), received: key }]);
}

/** What a key has to be, for a message. */
export function keyRequirement({ identity: { parts }, entity }: Keyed): string {
  if (parts.length === 1) return 'must be the key of a document: a number, a bigint or a string that is not empty';
  return `must be the key of a ${entity.name}: [${parts.map((part) => nameOf(part, parts)).join(', ')}]`;
}

/** Whether a document can have this key. */
export function isKey({ identity: { parts } }: Pick<Keyed, 'identity'>, key: unknown): key is DocumentKey {
  if (parts.length === 1) return isValue(key) && key !== '';
  return Array.isArray(key) && key.length === parts.length && key.every(isValue);
}

/** What is wrong with the key of a row. */
export function keyProblem(model: Keyed, key: DocumentKey): SearchKeyError | undefined {
  const { entity, identity } = model;
  const { parts } = identity;
  const values = [key].flat() as unknown[];
  const at = parts.length === values.length ? values.findIndex((value) => !isValue(value)) : -1;
  if (at >= 0)
    return new SearchKeyError(
      entity.name,
      [nameOf(parts[at]!, parts)],
      'is a part of the key of a document, and has to be text or a number: make the column not null, or name another property by @Indexed({ id })',
      values[at],
    );
  const bytes = Buffer.byteLength(documentIdOf(model, key));
  if (bytes <= MAX_ID_BYTES) return undefined;
  return new SearchKeyError(
    entity.name,
    [...new Set(parts.map(({ path }) => path[0]!))],
    `make an id of ${bytes} bytes, and an engine holds ${MAX_ID_BYTES} at most: shorten them, or name another property by @Indexed({ id })`,
    key,
  );
}

function withId(model: Keyed, key: DocumentKey): DocumentKey {
  const problem = keyProblem(model, key);
  if (problem) throw problem;
  return key;
}

function missingIn({ identity: { parts, property } }: Keyed, entity: object): string {
  const values = partsIn(parts, entity);
  const missing = parts[values.findIndex((value) => !isValue(value))];
  return missing ? nameOf(missing, parts) : property;
}

/** As callers write the key: `order` for its only column. */
function nameOf(part: KeyPart, parts: readonly KeyPart[]): string {
  return shortestPath(part, parts).join('.');
}

function isValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'bigint' || typeof value === 'string';
}
