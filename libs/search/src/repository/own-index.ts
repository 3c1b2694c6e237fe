import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import { SearchNotFoundError } from '../errors/engine.errors.js';
import { SearchQueryError } from '../errors/query.errors.js';
import { hashOf, type IndexDefinition } from '../mapping/index-definition.js';
import { generationOf } from '../mapping/index-name.js';

/**
 * Documents of another model would be read as those of this one.
 *
 * @param name of an index or alias
 * @throws SearchQueryError for one that stands for an index of another model; SearchNotFoundError for one that is not there
 */
export async function assertOwnIndex(
  { alias, hash, model }: Pick<IndexDefinition, 'alias' | 'hash' | 'model'>,
  engine: Pick<SearchEngine, 'readIndices'>,
  name: string,
  options?: CallOptions,
): Promise<void> {
  const indices = await engine.readIndices(name, options);
  if (indices.length === 0)
    throw new SearchNotFoundError('index', name, `name an index of ${alias}, or leave out inIndex`);
  const foreign = indices.filter(
    ({ index, meta }) => index !== alias && generationOf(alias, index) === undefined && hashOf(meta) !== hash,
  );
  if (foreign.length === 0) return;
  const names = foreign.map(({ index }) => index).join(', ');
  throw new SearchQueryError(
    'inIndex',
    `${name} stands for ${names}, and a query of ${model.entity.name} reads indices that were made for ${alias} (${alias}-v…)`,
    name,
  );
}
