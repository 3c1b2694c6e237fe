import { SearchModelOutdatedError } from '../errors/sync.errors.js';

/**
 * `backfill`, `drain`, `verify`: searches go to the old index, writes to both. `swapped`: searches go to the new one,
 * writes still to both. `finished`, `rolled-back`: one index is left, the new one or the old one.
 */
export type MigrationPhase = 'backfill' | 'drain' | 'verify' | 'swapped' | 'finished' | 'rolled-back';

export const PHASES: readonly MigrationPhase[] = ['backfill', 'drain', 'verify', 'swapped', 'finished', 'rolled-back'];

/**
 * The last migration of an index, as the database keeps it. `additive`: fields were added to the index that is there, so
 * that old and new one are the same, and it is never `swapped` or `rolled-back`. `rebuild`: a new index beside the old one.
 */
export type MigrationState = MigrationFacts &
  (
    | Readonly<{ kind: 'additive'; phase: Exclude<MigrationPhase, 'swapped' | 'rolled-back'> }>
    | Readonly<{ kind: 'rebuild'; phase: MigrationPhase }>
  );

/** What every migration has, whatever its kind. */
export interface MigrationFacts {
  readonly alias: string;
  readonly oldIndex: string;
  readonly newIndex: string;
  readonly oldHash: string | undefined;
  readonly newHash: string;
  /** Last key of the backfill, encoded. */
  readonly lastKey: string | undefined;
  readonly done: number;
  readonly total: number;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly owner: string | undefined;
  /** Why a rollback would not be exact any more. */
  readonly inexact: string | undefined;
}

/** What writes go to in a state: both names are aliases of one index each. Pure. */
export type WritePlan = 'alias' | 'both';

/** @throws SearchModelOutdatedError when documents of `hash` do not belong into the index as it stands. */
export function writePlan(state: MigrationState, hash: string): WritePlan {
  const wanted = state.phase === 'rolled-back' ? (state.oldHash ?? '') : state.newHash;
  if (hash !== wanted) throw new SearchModelOutdatedError(state.alias, hash, wanted);
  const single = state.kind === 'additive' || state.phase === 'finished' || state.phase === 'rolled-back';
  return single ? 'alias' : 'both';
}

export function isUnderWay({ phase }: MigrationState): boolean {
  return phase === 'backfill' || phase === 'drain' || phase === 'verify';
}

/** Whether a process with this model may run while the index has another one. */
export function allowsModel(state: MigrationState, hash: string): boolean {
  return (isUnderWay(state) || state.phase === 'swapped') && (hash === state.newHash || hash === state.oldHash);
}

/** An alias of one concrete index: a write through it never creates an index that was deleted. */
export function writeAlias(index: string): string {
  return `${index}-writes`;
}
