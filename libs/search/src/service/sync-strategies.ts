import type { EntityMetadata } from '@mikro-orm/core';
import { dependenciesOf } from '../capture/dependencies.js';
import type { TraceContext } from '../contracts/trace-context.js';
import { SearchOptionError } from '../errors/option-error.js';
import type { IndexDefinition } from '../mapping/index-definition.js';
import { keyLength } from '../metadata/key-length.js';
import type { SyncMode } from '../metadata/options.js';
import { backoffMs } from '../support/backoff.js';
import type { DocumentPublisher } from '../indexing/document-publisher.js';
import type { EntityReader, Orm } from '../rows/entity-reader.js';
import { AfterCommitSync } from '../sync/after-commit.js';
import type { Database } from '../database/database.js';
import { MAX_KEY_LENGTH } from '../database/key-text.js';
import { DatabaseOutbox, type OutboxOptions } from '../sync/outbox.js';
import { OutboxSync } from '../sync/outbox-sync.js';
import { RELAY_DEFAULTS } from '../sync/relay.js';
import { SafeTraceContext } from '../sync/safe-trace-context.js';
import { SyncByIndex } from '../sync/sync-by-index.js';
import type { ResolvedSearchOptions } from './options.js';

export interface SyncParts {
  readonly orm: Orm;
  readonly options: ResolvedSearchOptions;
  readonly publisher: DocumentPublisher;
  readonly reader: EntityReader;
  readonly database: Database | undefined;
}

export interface SyncStrategies {
  readonly strategy: SyncByIndex;
  /** `undefined` when no index has `sync: 'outbox'`. */
  readonly outbox: OutboxSync | undefined;
}

/** How the documents of an index follow the database: by its own option, else by the module's. */
export function syncModeOf({ model }: IndexDefinition, { sync }: Pick<ResolvedSearchOptions, 'sync'>): SyncMode {
  return model.options.sync ?? sync;
}

/** Makes the strategies that the indices need. @throws SearchOptionError for options that cannot go together. */
export function strategiesFor(
  definitions: readonly IndexDefinition[],
  { orm, options, publisher, reader, database }: SyncParts,
): SyncStrategies {
  const of = (mode: SyncMode): IndexDefinition[] =>
    definitions.filter((definition) => syncModeOf(definition, options) === mode);
  const [durable, inMemory] = [of('outbox'), of('after-commit')];
  refuseWhatCannotGoTogether(durable, orm, options);
  const report = options.onEvent;
  const traceContext = options.traceContext && new SafeTraceContext(options.traceContext, report);
  const outbox =
    database && durable.length > 0
      ? new OutboxSync({
          definitions: durable,
          relayed: [...durable, ...inMemory],
          outbox: new DatabaseOutbox(database, {
            ...outboxOptions(options, traceContext),
            longKeys: longKeysOf(durable, orm),
          }),
          publisher,
          reader,
          report,
          traceContext,
          relay: relayOptions(options),
        })
      : undefined;
  const strategy = new SyncByIndex([
    ...(outbox ? [{ strategy: outbox, definitions: durable }] : []),
    ...(inMemory.length > 0
      ? [{ strategy: new AfterCommitSync(inMemory, publisher, reader, report), definitions: inMemory }]
      : []),
  ]);
  return { strategy, outbox };
}

function refuseWhatCannotGoTogether(
  durable: readonly IndexDefinition[],
  orm: Orm,
  { relay, traceContext }: ResolvedSearchOptions,
): void {
  if (durable.length === 0 && typeof relay === 'object')
    throw new SearchOptionError([
      {
        option: 'relay',
        requirement: "tunes a relay, and no index has sync: 'outbox': leave it out, or set sync",
        received: relay,
      },
    ]);
  if (durable.length === 0 && traceContext !== undefined)
    throw new SearchOptionError([
      {
        option: 'traceContext',
        requirement: "travels in the rows of an outbox, and no index has sync: 'outbox': leave it out, or set sync",
        received: traceContext,
      },
    ]);
  const [first] = durable;
  const { config } = orm.em as unknown as { config: { get(option: 'implicitTransactions'): boolean | undefined } };
  if (!first || config.get('implicitTransactions') !== false) return;
  const remedy = `must not be false with sync: 'outbox' (${first.alias}): a flush outside of a transaction could lose its row`;
  throw new SearchOptionError([{ option: "the ORM's implicitTransactions", requirement: remedy, received: false }]);
}

/** Entities that rows of the outbox name, whose keys may be longer than its column of keys. */
function longKeysOf(durable: readonly IndexDefinition[], orm: Orm): string[] {
  const named = new Set<unknown>(dependenciesOf(durable).map(({ entity }) => entity));
  const metas = [...orm.getMetadata()] as unknown as EntityMetadata[];
  const long = metas.filter((meta) => named.has(meta.class) && keyLength(meta) > MAX_KEY_LENGTH);
  return [...new Set(long.map(({ className }) => className))];
}

function relayOptions({ relay }: ResolvedSearchOptions) {
  return relay === false ? undefined : { ...RELAY_DEFAULTS, ...(relay === true ? {} : relay) };
}

const RETRY_REFUSED = Object.freeze({ baseMs: 1_000, maxMs: 300_000 });

function outboxOptions({ relay }: ResolvedSearchOptions, traceContext: TraceContext | undefined): OutboxOptions {
  const { maxAttempts = 5, unknownPathWaitMs = 3_600_000 } = typeof relay === 'object' ? relay : {};
  const retryAfterMs = (attempts: number): number => backoffMs(attempts, RETRY_REFUSED, 0.5 + Math.random() / 2);
  return {
    maxAttempts,
    unknownPathWaitMs,
    retryAfterMs,
    maxRetryMs: RETRY_REFUSED.maxMs,
    now: Date.now,
    ...(traceContext ? { traceparent: () => traceContext.current() } : {}),
  };
}
