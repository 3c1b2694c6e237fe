import type { SearchEngine } from '../contracts/engine.js';
import type { SearchEventListener } from '../contracts/search-event.js';
import type { TraceContext } from '../contracts/trace-context.js';
import type { TypeInference } from '../contracts/type-inference.js';
import type { VersionClock } from '../contracts/version-clock.js';
import type { SyncMode } from '../metadata/options.js';
import { defaultTypeInference } from '../mapping/default-type-inference.js';
import { OptionProblems } from '../support/option-problems.js';
import { safeListener } from './safe-listener.js';
import { checkSearchOptions } from './search-option-table.js';

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
  /** Reports each search that takes this long or longer, in milliseconds, with its body; none when absent. */
  readonly slowQueryMs?: number;
  /** How documents are sent. */
  readonly bulk?: BulkTuning;
  readonly typeInference?: TypeInference;
  /** Versions of documents; when absent, the database's clock where the ORM has `searchEntities`, else the process's own. */
  readonly clock?: VersionClock;
  /**
   * Links what the relay writes to the request that made the change, such as `openTelemetryTraceContext()` of
   * `@rookery/search/opentelemetry`: rows of the outbox then carry the trace. Needs `sync: 'outbox'`.
   */
  readonly traceContext?: TraceContext;
  /** Receives what no caller sees, such as refused documents. */
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
  /** Refusals after which a document becomes a dead letter; 5 when absent. */
  readonly maxAttempts?: number;
  /**
   * How long a change of a related row waits for a release whose model has the relation, in milliseconds; an hour when
   * absent. Then it is a dead letter.
   */
  readonly unknownPathWaitMs?: number;
}

export type ResolvedSearchOptions = Required<
  Omit<SearchOptions, 'prefix' | 'name' | 'slowQueryMs' | 'onEvent' | 'clock' | 'bulk' | 'traceContext'>
> &
  Pick<SearchOptions, 'prefix' | 'name' | 'slowQueryMs' | 'clock' | 'bulk' | 'traceContext'> & {
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

/** @throws SearchOptionError with all that is wrong: option, what it must be and what was received. */
export function resolveSearchOptions(options: SearchOptions): ResolvedSearchOptions {
  const problems = new OptionProblems();
  checkSearchOptions(problems, options);
  problems.throwIfAny();
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as SearchOptions;
  const resolved = { ...DEFAULTS, ...given };
  return Object.freeze({ ...resolved, onEvent: safeListener(resolved.onEvent) });
}
