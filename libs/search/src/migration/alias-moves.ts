import type { AliasAction, CallOptions, SearchEngine } from '../contracts/engine.js';
import { isRefused, isNotFound } from '../support/engine-failure.js';
import { SearchMigrationError } from '../errors/sync.errors.js';
import type { MigrationLease } from './migration-lease.js';
import { writeAlias } from './migration-state.js';

type Aliases = Pick<SearchEngine, 'readIndices' | 'updateAliases'>;

/** The two indices of a migration, the alias that one of them has, and the attempt that moves it. */
export interface AliasMove {
  readonly alias: string;
  readonly from: string;
  readonly to: string;
  /** The one of the two that the migration made: it has the mark of the attempt. */
  readonly made: string;
  readonly lease: Pick<MigrationLease, 'fence' | 'renew'>;
}

/** The concrete indices that have the alias. */
export async function holdersOf(engine: Aliases, alias: string, options?: CallOptions): Promise<readonly string[]> {
  return (await engine.readIndices(alias, options)).map(({ index }) => index);
}

/**
 * Moves an alias at one instant, and only while the index that is to have it has it, and no later attempt has come. A
 * process that stood still meanwhile moves nothing: whoever takes over puts its own mark in place of the earlier one,
 * and the mark has to be there at the instant of the move. It may be where it belongs already.
 *
 * @throws SearchMigrationError when another attempt or another index has it, or one of the two is gone.
 */
export async function moveAlias(
  engine: Aliases,
  { alias, from, to, made, lease }: AliasMove,
  options?: CallOptions,
): Promise<void> {
  const mark = await markAttempt(engine, { alias, made, fence: lease.fence }, options);
  // The mark of one that stood still before it came late: its lease is over.
  await lease.renew();
  const holders = await holdersOf(engine, alias, options);
  if (holders.length === 1 && holders[0] === to) return;
  await guarded(alias, `its alias is not on ${from} any more, ${to} is gone, or another process goes on`, async () =>
    engine.updateAliases(
      [
        { remove: { index: made, alias: mark, must_exist: true } },
        { remove: { index: from, alias, must_exist: true } },
        { add: { index: to, alias } },
        ...(await further(engine, { alias, from, to }, options)),
      ],
      options,
    ),
  );
}

/** Aliases that others gave the index, such as one that shows a tenant's documents alone, go with it. */
async function further(
  engine: Aliases,
  { alias, from, to }: Pick<AliasMove, 'alias' | 'from' | 'to'>,
  options?: CallOptions,
): Promise<AliasAction[]> {
  const [state] = await engine.readIndices(from, options);
  const own = [alias, writeAlias(from)];
  const names = (state?.aliases ?? []).filter((name) => !own.includes(name) && !name.startsWith(`${alias}-attempt-`));
  return names.flatMap((name) => [
    { remove: { index: from, alias: name } },
    { add: { index: to, alias: name, ...state?.aliasOptions?.[name] } },
  ]);
}

async function markAttempt(
  engine: Aliases,
  { alias, made, fence }: { readonly alias: string; readonly made: string; readonly fence: number },
  options?: CallOptions,
): Promise<string> {
  const prefix = `${alias}-attempt-`;
  const mark = `${prefix}${fence.toString(36)}`;
  const [state] = await engine.readIndices(made, options);
  const earlier = (state?.aliases ?? []).filter((name) => name.startsWith(prefix) && name !== mark);
  await guarded(alias, `${made} is gone`, () =>
    engine.updateAliases(
      [{ add: { index: made, alias: mark } }, ...earlier.map((name) => ({ remove: { index: made, alias: name } }))],
      options,
    ),
  );
  return mark;
}

/**
 * Deletes an index at the same instant at which another one is seen to have the alias: what is searched is never deleted.
 *
 * @throws SearchMigrationError when the other index has not the alias.
 */
export async function deleteBeside(
  engine: Aliases,
  { alias, live, index }: { readonly alias: string; readonly live: string; readonly index: string },
  options?: CallOptions,
): Promise<void> {
  if ((await engine.readIndices(index, options)).length === 0) return;
  await guarded(alias, `its alias is not on ${live}, so ${index} is left as it is`, () =>
    engine.updateAliases(
      [
        { remove: { index: live, alias, must_exist: true } },
        { add: { index: live, alias } },
        { remove_index: { index } },
      ],
      options,
    ),
  );
}

async function guarded(alias: string, problem: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const moved = isNotFound(error) || (isRefused(error) && error.status === 404);
    if (!moved) throw error;
    throw new SearchMigrationError(alias, `was changed meanwhile: ${problem}. Look at \`search status ${alias}\``, [], {
      cause: error,
      reason: 'taken-over',
    });
  }
}
