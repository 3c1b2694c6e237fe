import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { IndexState } from '../contracts/index-body.js';
import { SearchIndexMismatchError } from '../errors/model.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';

/**
 * The one index behind an alias; `undefined` where there is none.
 *
 * @throws SearchIndexMismatchError where it stands for several, or is an index itself
 */
export async function liveIndexOf(
  engine: Pick<SearchEngine, 'readIndices'>,
  { alias }: Pick<IndexDefinition, 'alias'>,
  options?: CallOptions,
): Promise<IndexState | undefined> {
  const indices = await engine.readIndices(alias, options);
  const names = indices.map(({ index }) => index).join(', ');
  const mismatch = (problem: string, remedy: string): SearchIndexMismatchError =>
    new SearchIndexMismatchError(alias, names, problem, remedy);
  if (indices.length > 1) throw mismatch('is several indices behind one alias', 'Remove the alias from all but one');
  if (names === alias) throw mismatch('has the name that the alias needs', 'Change the `prefix` or @Indexed({ name })');
  return indices[0];
}
