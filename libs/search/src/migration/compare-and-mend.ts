import { documentIdOf } from '../document/document-builder.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import type { PrimaryKey } from '../rows/entity-reader.js';
import { callOptionsOf } from '../support/call-options.js';
import type { MigrateOptions, MigrationParts } from './migration-options.js';
import type { MigrationState } from './migration-state.js';
import { refusedByMapping, type UnbuildableRows } from './set-aside.js';
import { comparisonOf } from './verify-mode.js';

export interface Comparing {
  readonly index: string;
  readonly state: MigrationState;
  readonly options: MigrateOptions;
  readonly unbuildable: UnbuildableRows;
}

type Parts = Pick<MigrationParts, 'verifier' | 'publisher'>;

const ROUNDS = 3;
/** Documents compared again at the end, in memory. */
const MAX_DRIFT = 100_000;

/**
 * Compares a new index with the database, and writes what differs.
 *
 * @returns how many rows and documents were compared
 * @throws SearchMigrationError for documents that the mapping refuses, and where too much differs
 */
export async function compareAndMend(definition: IndexDefinition, parts: Parts, comparing: Comparing): Promise<number> {
  const { index, state, options, unbuildable } = comparing;
  const { alias, kind } = state;
  const { verify = kind === 'additive' ? 'contents' : 'ids' } = options;
  const keys: PrimaryKey[] = [];
  let done = 0;
  const drifted = parts.verifier.drift(definition, index, {
    ...callOptionsOf(options),
    comparison: comparisonOf(verify),
    onProgress: (looked) => void (done = looked),
  });
  for await (const { key, drift, reason = '' } of drifted) {
    if (drift === 'unbuildable') {
      unbuildable.setAside(state, [{ id: documentIdOf(definition.model, key), status: 0, type: drift, reason }]);
      continue;
    }
    keys.push(key);
    if (keys.length > MAX_DRIFT)
      throw new SearchMigrationError(
        alias,
        `differs from the database in more than ${MAX_DRIFT} documents: run it again`,
      );
  }
  await mend(definition, parts, comparing, keys);
  return done;
}

/** Changes under way look like drift too: writing those documents by the same steps settles both. */
async function mend(
  definition: IndexDefinition,
  { publisher, verifier }: Parts,
  { index, state, options, unbuildable }: Comparing,
  drifted: readonly PrimaryKey[],
): Promise<void> {
  let keys = drifted;
  for (let round = 1; keys.length > 0; round += 1) {
    const { failures, unavailable } = await publisher.publish(definition, keys, options);
    if (unavailable) throw unavailable;
    const refused = unbuildable.setAside(state, failures);
    if (refused.length > 0) throw refusedByMapping(state.alias, refused);
    const left = await verifier.recheck(definition, index, keys, options);
    keys = left.filter(({ drift }) => drift !== 'unbuildable').map(({ key }) => key);
    // What still differs then is written faster than it can be looked at: each of its changes is in the outbox.
    if (round === ROUNDS) return;
  }
}
