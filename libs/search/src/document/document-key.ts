import { SearchOptionError } from '../errors/option-error.js';
import type { IndexModel } from '../metadata/index-model.js';
import { keyOf, type DocumentKey } from './document-builder.js';

/**
 * The key of an entity that has one.
 *
 * @param call `index`, as the message names it
 * @throws SearchOptionError for an entity that was not flushed, and for what is no entity
 */
export function keyOfEntity(
  call: string,
  model: Pick<IndexModel, 'identity' | 'entity'>,
  entity: unknown,
): DocumentKey {
  const given = typeof entity === 'object' && entity !== null;
  const key: unknown = given ? keyOf(model, entity) : undefined;
  if (given && isKey(key)) return key;
  const { entity: type, identity } = model;
  const requirement = given
    ? `needs entities that have a key: this ${type.name} has no \`${identity.property}\` yet, flush it first`
    : `needs entities of ${type.name}`;
  throw new SearchOptionError([{ option: call, requirement, received: given ? key : entity }]);
}

/** @throws SearchOptionError for a key that no document can have */
export function assertKey(call: string, key: unknown): asserts key is DocumentKey {
  if (isKey(key)) return;
  throw new SearchOptionError([
    {
      option: `${call} key`,
      requirement: 'must be the key of a document: a number, a bigint or a string that is not empty',
      received: key,
    },
  ]);
}

function isKey(key: unknown): key is DocumentKey {
  if (typeof key === 'number') return Number.isFinite(key);
  return typeof key === 'bigint' || (typeof key === 'string' && key !== '');
}
