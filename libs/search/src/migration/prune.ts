import type { CallOptions, SearchEngine } from '../contracts/engine.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import { generationOf } from '../mapping/index-name.js';
import { deleteBeside, holdersOf } from './alias-moves.js';
import type { MigrationLease } from './migration-lease.js';
import { isUnderWay } from './migration-state.js';
import type { MigrationStore } from './migration-store.js';

export interface Pruning {
  readonly alias: string;
  readonly store: Pick<MigrationStore, 'read'>;
  readonly engine: SearchEngine;
  readonly lease: Pick<MigrationLease, 'renew'>;
}

/** Deletes indices of an alias that no migration uses and no search sees. @returns their names @throws SearchMigrationError */
export async function pruneIndices(
  { alias, store, engine, lease }: Pruning,
  options?: CallOptions,
): Promise<readonly string[]> {
  const state = await store.read(alias);
  const used = state && (state.phase === 'swapped' || isUnderWay(state)) ? [state.oldIndex, state.newIndex] : [];
  const indices = await engine.readIndices(`${alias}-v*-*`, options);
  const unused = indices
    .filter(({ index, aliases }) => generationOf(alias, index) !== undefined && !aliases.includes(alias))
    .map(({ index }) => index)
    .filter((index) => !used.includes(index));
  // Nobody noted another one since they were listed, and what is not noted by now never is.
  await lease.renew();
  const [live] = await holdersOf(engine, alias, options);
  if (live === undefined && unused.length > 0)
    throw new SearchMigrationError(alias, `has no alias, and may be one of ${unused.join(', ')}: give it back first`);
  for (const index of unused) await deleteBeside(engine, { alias, live: live!, index }, options);
  return unused;
}
