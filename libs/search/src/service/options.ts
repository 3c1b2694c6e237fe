import type { SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TypeInference } from '../contracts/type-inference.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { SearchOptionError } from '../errors/model.errors.js';
import { indexNameProblem } from '../mapping/index-name.js';
import { defaultTypeInference } from '../mapping/default-type-inference.js';
import { processClock } from '../repository/process-clock.js';

export interface SearchOptions {
  /** Where documents live: `openSearch({ node })`. */
  readonly engine: SearchEngine;
  /** Put before every index name: `dev` makes `dev-passages`. */
  readonly prefix?: string;
  /** How documents follow the database; `after-commit` when absent, `manual`: only by the repository's calls. */
  readonly sync?: 'after-commit' | 'manual';
  /** Whether missing indices are created; true when absent. */
  readonly createIndices?: boolean;
  /**
   * What a start does while the engine is away. `start` (when absent): goes on, and creates the indices as soon as
   * the engine answers; `refuse`: fails. A wrong model or option always fails.
   */
  readonly whenEngineIsDown?: 'start' | 'refuse';
  /** Wait for changes that are under way when the application stops, in milliseconds; 5,000 when absent. */
  readonly shutdownTimeoutMs?: number;
  readonly typeInference?: TypeInference;
  /** Versions of documents; the process's own clock when absent. */
  readonly clock?: VersionClock;
  /** Told of what no caller sees, such as refused documents. */
  readonly onEvent?: SearchEventListener;
}

export type ResolvedSearchOptions = Required<Omit<SearchOptions, 'prefix' | 'onEvent'>> & Pick<SearchOptions, 'prefix'> & {
  readonly onEvent: SearchEventListener;
};

const DEFAULTS = Object.freeze({
  sync: 'after-commit',
  createIndices: true,
  whenEngineIsDown: 'start',
  shutdownTimeoutMs: 5_000,
  typeInference: defaultTypeInference,
  onEvent: () => undefined,
});

/** @throws SearchOptionError naming the option, what it takes and what was received. */
export function resolveSearchOptions(options: SearchOptions): ResolvedSearchOptions {
  const given = Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as unknown as SearchOptions;
  const resolved: ResolvedSearchOptions = { ...DEFAULTS, clock: processClock(), ...given };
  const refuse = (option: string, remedy: string, value: unknown): never => {
    throw new SearchOptionError(`SearchModule: ${option}`, remedy, value);
  };
  const { engine, prefix, sync, createIndices, whenEngineIsDown, shutdownTimeoutMs } = resolved;
  if (typeof engine?.bulk !== 'function') refuse('engine', 'must be an engine such as openSearch({ node })', engine);
  if (prefix !== undefined) {
    const problem = typeof prefix === 'string' ? indexNameProblem(prefix) : 'must be a string';
    if (problem) refuse('prefix', `${problem}`, prefix);
  }
  if (!['after-commit', 'manual'].includes(sync)) refuse('sync', "must be 'after-commit' or 'manual'", sync);
  if (typeof createIndices !== 'boolean') refuse('createIndices', 'must be true or false', createIndices);
  if (!['start', 'refuse'].includes(whenEngineIsDown)) refuse('whenEngineIsDown', "must be 'start' or 'refuse'", whenEngineIsDown);
  if (!(Number.isInteger(shutdownTimeoutMs) && shutdownTimeoutMs >= 0)) {
    refuse('shutdownTimeoutMs', 'must be a whole number of milliseconds, 0 or more', shutdownTimeoutMs);
  }
  return Object.freeze(resolved);
}
