import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { settingsToAdd } from './plan.js';

type Engine = Pick<SearchEngine, 'readIndices' | 'putMapping' | 'putSettings'>;

/**
 * Puts new fields and settings on a living index, which keeps the mark of the model that it was made from: until
 * {@link finishAddition} whoever looks sees that documents are still to be written. May be done again at any time.
 */
export async function putAddition(
  engine: Engine,
  definition: IndexDefinition,
  index: string,
  options?: CallOptions,
): Promise<void> {
  const [live] = await engine.readIndices(index, options);
  const settings = live ? settingsToAdd(definition, live) : {};
  if (Object.keys(settings).length > 0) await engine.putSettings(index, settings, options);
  const { _meta: withheld, ...mappings } = definition.body.mappings;
  void withheld;
  await engine.putMapping(index, mappings, options);
}

/** Marks an index whose documents are all written as one of the new model. */
export async function finishAddition(
  engine: Engine,
  { body }: IndexDefinition,
  index: string,
  options?: CallOptions,
): Promise<void> {
  await engine.putMapping(index, body.mappings, options);
}
