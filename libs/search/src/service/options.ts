import type { SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TypeInference } from '../contracts/type-inference.js';
import type { VersionClock } from '../contracts/version-clock.js';
import { SearchOptionError } from '../errors/model.errors.js';
import { indexNameProblem } from '../mapping/index-name.js';
import { SYNC_MODES, type SyncMode } from '../metadata/options.js';
import { defaultTypeInference } from '../mapping/default-type-inference.js';

export interface SearchOptions {
  /** Where documents live: `openSearch({ node })`. */
  readonly engine: SearchEngine;
  /** Which search this is, where there are several: it has the entities with `@Indexed({ engine: name })`. The default has the others. */
  readonly name?: string;
  /** Put before every index name: `dev` makes `dev-passages`. */
  readonly prefix?: string;
  /**
   * How documents follow the database. `outbox`: changes are rows of the transaction that makes them, and a crash at
   * any moment loses none (needs `searchEntities` among the ORM's entities). `after-commit` (when absent): from memory,
   * right after the commit. `manual`: only by the repository's calls. `@Indexed({ sync })` decides for one index.
   */
  readonly sync?: SyncMode;
  /** With `outbox`: whether this process relays; true when absent. Some process must. */
  readonly relay?: boolean | RelayTuning;
  /** Whether missing indices are created; true when absent. */
  readonly createIndices?: boolean;
  /**
   * What a start does when an index was made from another model and needs a rebuild. `refuse` (when absent): fails with
   * the command to run; `migrate`: begins the migration beside the running application. Additions are always put in
   * place. Needs `searchEntities`.
   */
  readonly whenModelChanges?: 'refuse' | 'migrate';
  /**
   * What a start does while the engine is away. `start` (when absent): goes on, and creates the indices as soon as
   * the engine answers; `refuse`: fails. A wrong model or option always fails.
   */
  readonly whenEngineIsDown?: 'start' | 'refuse';
  /** Wait for changes that are under way when the application stops, in milliseconds; 5,000 when absent. */
  readonly shutdownTimeoutMs?: number;
  /** Tells each search that takes this long or longer, in milliseconds, with its body; none when absent. */
  readonly slowQueryMs?: number;
  /** How documents are sent. */
  readonly bulk?: BulkTuning;
  readonly typeInference?: TypeInference;
  /** Versions of documents; when absent, the database's clock where `searchEntities` are known, else the process's own. */
  readonly clock?: VersionClock;
  /** Told of what no caller sees, such as refused documents. */
  readonly onEvent?: SearchEventListener;
}

/** What may be set of bulks. */
export interface BulkTuning {
  /** Bytes of one request at most; 5 MB when absent. */
  readonly maxBytes?: number;
  /** Requests at once; 2 when absent. */
  readonly concurrency?: number;
  /** Tries of one operation, the first included; 4 when absent. What follows commits is tried again for as long as it takes. */
  readonly attempts?: number;
  /** Wait before another try, in milliseconds, in place of the jittered doubling from 100 to 5,000. `Retry-After` is waited for in any case. */
  readonly retryAfterMs?: (attempt: number) => number;
}

/** What may be set of a relay. */
export interface RelayTuning {
  /** Rows of one batch at most; 500 when absent. */
  readonly batchSize?: number;
  /** Wait between looks for rows of other processes, in milliseconds; 500 when absent. */
  readonly pollMs?: number;
  /** Refusals after which a document is parked; 5 when absent. */
  readonly maxAttempts?: number;
}

export type ResolvedSearchOptions = Required<
  Omit<SearchOptions, 'prefix' | 'name' | 'slowQueryMs' | 'onEvent' | 'clock' | 'bulk'>
> &
  Pick<SearchOptions, 'prefix' | 'name' | 'slowQueryMs' | 'clock' | 'bulk'> & {
    readonly onEvent: SearchEventListener;
  };

const DEFAULTS = Object.freeze({
  sync: 'after-commit',
  relay: true,
  createIndices: true,
  whenModelChanges: 'refuse',
  whenEngineIsDown: 'start',
  shutdownTimeoutMs: 5_000,
  typeInference: defaultTypeInference,
  onEvent: () => undefined,
});

/** @throws SearchOptionError naming the option, what it takes and what was received. */
export function resolveSearchOptions(options: SearchOptions): ResolvedSearchOptions {
  const given = Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as unknown as SearchOptions;
  const resolved: ResolvedSearchOptions = { ...DEFAULTS, ...given };
  const refuse = (option: string, remedy: string, value: unknown): never => {
    throw new SearchOptionError(`SearchModule: ${option}`, remedy, value);
  };
  const { engine, prefix, sync, createIndices, whenEngineIsDown, shutdownTimeoutMs } = resolved;
  if (typeof engine?.bulk !== 'function') refuse('engine', 'must be an engine such as openSearch({ node })', engine);
  if (prefix !== undefined) {
    const problem = typeof prefix === 'string' ? indexNameProblem(prefix) : 'must be a string';
    if (problem) refuse('prefix', `${problem}`, prefix);
  }
  if (resolved.name !== undefined && (typeof resolved.name !== 'string' || resolved.name === ''))
    refuse('name', "must be a name such as 'logs'", resolved.name);
  const { slowQueryMs } = resolved;
  if (slowQueryMs !== undefined && !(Number.isFinite(slowQueryMs) && slowQueryMs >= 0))
    refuse('slowQueryMs', 'must be milliseconds, 0 or more', slowQueryMs);
  if (!SYNC_MODES.includes(sync)) refuse('sync', "must be 'outbox', 'after-commit' or 'manual'", sync);
  for (const [name, value] of Object.entries(typeof resolved.relay === 'object' ? resolved.relay : {})) {
    if (!(Number.isInteger(value) && value >= 1)) refuse(`relay.${name}`, 'must be a whole number of 1 or more', value);
  }
  if (!['boolean', 'object'].includes(typeof resolved.relay))
    refuse('relay', 'must be true, false or options', resolved.relay);
  const { retryAfterMs, ...numbers } = resolved.bulk ?? {};
  for (const [name, value] of Object.entries(numbers))
    if (!(Number.isInteger(value) && value >= 1)) refuse(`bulk.${name}`, 'must be a whole number of 1 or more', value);
  if (retryAfterMs !== undefined && typeof retryAfterMs !== 'function')
    refuse('bulk.retryAfterMs', 'must be a function of the attempt', retryAfterMs);
  if (typeof createIndices !== 'boolean') refuse('createIndices', 'must be true or false', createIndices);
  if (!['start', 'refuse'].includes(whenEngineIsDown))
    refuse('whenEngineIsDown', "must be 'start' or 'refuse'", whenEngineIsDown);
  if (!['refuse', 'migrate'].includes(resolved.whenModelChanges))
    refuse('whenModelChanges', "must be 'refuse' or 'migrate'", resolved.whenModelChanges);
  if (!(Number.isInteger(shutdownTimeoutMs) && shutdownTimeoutMs >= 0)) {
    refuse('shutdownTimeoutMs', 'must be a whole number of milliseconds, 0 or more', shutdownTimeoutMs);
  }
  return Object.freeze(resolved);
}
