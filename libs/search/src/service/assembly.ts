import { hostname } from 'node:os';
import { SearchOptionError } from '../errors/option-error.js';
import { defineIndices } from '../mapping/index-definition.js';
import { IndexRegistry } from '../mapping/index-registry.js';
import { readModels, type ModelReading } from '../metadata/model-reader.js';
import { AdditiveTargets } from '../migration/additive-targets.js';
import { MigrationService } from '../migration/migration.service.js';
import { MigrationStore } from '../migration/migration-store.js';
import { MigrationTargets } from '../migration/migration-targets.js';
import { Verifier } from '../migration/verifier.js';
import { BULK_DEFAULTS, BulkWriter } from '../indexing/bulk-writer.js';
import { DocumentPublisher } from '../indexing/document-publisher.js';
import { EntityReader, type Orm } from '../rows/entity-reader.js';
import { IndexAdmin } from '../indexing/index-admin.js';
import { AliasTargets } from '../indexing/index-targets.js';
import { processClock } from '../indexing/process-clock.js';
import type { RepositoryParts } from '../repository/document-reads.js';
import { Database } from '../database/database.js';
import { DatabaseClock } from '../database/database-clock.js';
import { dependenciesOf } from '../capture/dependencies.js';
import { SearchSync } from '../sync/explicit-touch.js';
import { DocumentsOfRows } from '../capture/documents-of-rows.js';
import type { OutboxSync } from '../sync/outbox-sync.js';
import type { SyncByIndex } from '../sync/sync-by-index.js';
import { SearchClockRow } from '../database/tables.js';
import { IndexPreparation } from './index-preparation.js';
import type { ResolvedSearchOptions } from './options.js';
import { reportSlowQueries } from './slow-queries.js';
import { strategiesFor, syncModeOf } from './sync-strategies.js';

/** What a search is made of. */
export interface Assembly {
  readonly registry: IndexRegistry;
  readonly parts: RepositoryParts;
  readonly store: MigrationStore | undefined;
  /** `undefined` when no index has `sync: 'outbox'`. */
  readonly outbox: OutboxSync | undefined;
  readonly strategy: SyncByIndex;
  readonly migrations: MigrationService;
  readonly preparation: IndexPreparation;
  readonly sync: SearchSync;
}

/** Judges the model and puts the parts together; nothing is sent. @throws SearchModelError with every complaint together. */
export function assemble(orm: Orm, options: ResolvedSearchOptions): Assembly {
  const { engine: given, name, slowQueryMs, prefix, typeInference, createIndices, onEvent } = options;
  const engine = slowQueryMs === undefined ? given : reportSlowQueries(given, slowQueryMs, onEvent);
  const definitions = defineIndices(ofEngine(name, readModels(orm.getMetadata())), { prefix, typeInference });
  const registry = new IndexRegistry(definitions, name);
  const admin = new IndexAdmin(engine);
  const needsTables = definitions.some((definition) => syncModeOf(definition, options) === 'outbox');
  const database = needsTables || knowsTables(orm) ? new Database(orm) : undefined;
  const clock = options.clock ?? (database ? new DatabaseClock(database) : processClock());
  refuseMigratingWithoutTables(options.whenModelChanges, database);
  const store = database && new MigrationStore(database, `${hostname()} (${process.pid})`, new DatabaseClock(database));
  const plain = new AdditiveTargets(new AliasTargets(admin, createIndices), engine);
  const targets = store ? new MigrationTargets(plain, store, engine, onEvent) : plain;
  const reader = new EntityReader(orm);
  const tuning = { ...BULK_DEFAULTS, ...options.bulk };
  const writer = new BulkWriter(engine, tuning);
  const publisher = new DocumentPublisher({ targets, clock, reader, writer, engine });
  // What is tried again is read again: a restarted engine has forgotten the versions of deleted documents, and a
  // repeated request could bring one of them back.
  const once = new BulkWriter(engine, { ...tuning, attempts: 1 });
  const follower = new DocumentPublisher({ targets, clock, reader, writer: once, engine });
  const { strategy, outbox } = strategiesFor(definitions, { orm, options, publisher: follower, reader, database });
  const migrations = new MigrationService({
    engine,
    clock,
    reader,
    publisher,
    store,
    writer: once,
    verifier: new Verifier(engine, reader),
    report: onEvent,
    drain: outbox?.outbox.backlog,
    definitionOf: (index) => registry.of(index),
    relaying: (work) => (outbox ? outbox.relaying(work) : work()),
  });
  const dependencies = dependenciesOf(definitions);
  return {
    registry,
    store,
    outbox,
    strategy,
    migrations,
    parts: { engine, admin, targets, clock, reader, writer, publisher },
    preparation: new IndexPreparation({ definitions, admin, migrations, store, options }),
    sync: new SearchSync(orm, reader, dependencies, new DocumentsOfRows(dependencies, reader), strategy),
  };
}

function knowsTables(orm: Orm): boolean {
  return [...orm.getMetadata()].some((meta) => (meta.class as unknown) === SearchClockRow);
}

function refuseMigratingWithoutTables(
  whenModelChanges: ResolvedSearchOptions['whenModelChanges'],
  database: Database | undefined,
): void {
  if (whenModelChanges === 'refuse' || database) return;
  const requirement = "needs ...searchEntities among the ORM's `entities`: add them, or leave it out";
  throw new SearchOptionError([{ option: 'whenModelChanges', requirement, received: whenModelChanges }]);
}

/** Complaints stay whole: a mistake is reported by whichever search starts first. */
function ofEngine(name: string | undefined, reading: ModelReading): ModelReading {
  return { ...reading, models: reading.models.filter(({ options }) => options.engine === name) };
}
