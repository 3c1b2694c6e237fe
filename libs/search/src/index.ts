// Describe documents
export { Indexed, SearchField } from './metadata/decorators.js';
export type {
  AddedFieldOptions,
  FieldParameters,
  IndexedOptions,
  SearchFieldOptions,
  SharedFieldOptions,
  SubFieldOptions,
  SyncMode,
} from './metadata/options.js';
export type { EntityClass } from './metadata/recorder.js';
export type { IndexReference } from './mapping/index-registry.js';
export { defaultTypeInference } from './mapping/default-type-inference.js';
export type { PropertyFacts, TypeInference } from './contracts/type-inference.js';
export type { FieldType } from './contracts/index-body.js';

// Use in Nest
export {
  SearchModule,
  type SearchModuleAsyncOptions,
  type SearchModuleOptions,
  type SearchOptionsFactory,
} from './nest/search.module.js';
export { SearchRelayModule } from './nest/search-relay.module.js';
export { InjectSearch, InjectSearchRepository, getSearchRepositoryToken, getSearchToken } from './nest/tokens.js';

// Use anywhere
export { SearchService, type IndexedEntity, type SettledOptions } from './service/search.service.js';
export type { SearchOptions } from './service/options.js';
export { SearchRepository } from './repository/search-repository.js';
export type {
  AnswerOf,
  AnyQuery,
  ByQueryOptions,
  ChangeOptions,
  DocumentChange,
  IndexAllOptions,
  IndexAllProgress,
  PaginateOptions,
  Paging,
  QueryMaker,
  StoredDocument,
  UpdateOptions,
} from './repository/repository-calls.js';
export type { DocumentOperation } from './indexing/document-operations.js';
export { SearchAcross, type AcrossHit, type AcrossPage } from './repository/across.js';
export { ByQueryTask, type DoneOptions, type TaskResult } from './repository/by-query-task.js';
export type { StreamOptions } from './repository/hit-stream.js';
export type { HydrateOptions, Hydrated } from './rows/hydration.js';
export { IndexControl } from './repository/index-control.js';
export type { PrimaryKey } from './rows/entity-reader.js';

// Stay in step
export { searchEntities } from './database/tables.js';
export type { BulkTuning, RelayTuning } from './service/options.js';
export type { SearchSync, TouchedRows, TouchOptions } from './sync/explicit-touch.js';
export type { Backlog, ParkedDocument } from './sync/outbox.js';
export type { RelayBatchMessage } from './contracts/diagnostics.js';

// Change mappings, repair drift
export type { IndexStatus, MigrationService, RepairResult } from './migration/migration.service.js';
export type { MigrateOptions } from './migration/migration.js';
export { describeDifference, type MappingDifference, type MigrationPlan } from './migration/plan.js';
export type { MigrationProgress } from './migration/progress.js';
export type { MigrationPhase, MigrationState } from './migration/migration-state.js';
export type { DriftedDocument } from './migration/verifier.js';

// Ask
export { SearchQuery, type ClauseMaker } from './query/search-query.js';
export type { Hit, InnerHits, InnerHitsOf, SearchPage } from './query/search-page.js';
export type { Dated, DateForm, DocumentOf, PartOf } from './query/document-type.js';
export type { FieldPath, ValueAt } from './query/field-path.js';
export type { Clause, ClauseBuilder } from './query/clauses/clause.js';
export type { Aggregation, AggregationBuilder, Aggregations, ResultsOf } from './query/aggregations/aggregation.js';
export type { Bucket } from './query/aggregations/buckets.js';
export type { BucketsResult, SingleBucket } from './query/aggregations/buckets.js';
export type { CompositeResult, CompositeSource } from './query/aggregations/composite.js';
export type { HistogramResult, AutoDateHistogramResult } from './query/aggregations/histograms.js';
export type { ExtendedStatsResult, StatsResult, ValueResult } from './query/aggregations/metrics.js';
export type { PercentilesResult } from './query/aggregations/percentiles.js';
export type { RangesResult } from './query/aggregations/ranges.js';
export type { TermsResult } from './query/aggregations/terms.js';
export type { TopHitsResult } from './query/aggregations/top-hits.js';
export type { SignificantResult } from './query/aggregations/value-buckets.js';
export type { HighlightOptions } from './query/highlight.js';
export type { CollapseOptions, RequestOptions, RescoreOptions, SourceFilter } from './query/request.js';
export type { DistanceSortOptions, SortOptions } from './query/sort.js';
export type {
  CompletionSuggestion,
  PhraseSuggestion,
  SuggestBuilder,
  Suggestion,
  Suggestions,
  SuggestionsOf,
  WordSuggestion,
} from './query/suggest.js';
export type { Distance, GeoPoint } from './query/geo-point.js';
export type { Script } from './query/script.js';

// Watch
export type { BulkDiagnostics, RequestDiagnostics, RetryDiagnostics } from './contracts/diagnostics.js';
export type { SearchEvent, SearchEventListener } from './contracts/search-event.js';

// Handle errors
export { SearchError, type SearchErrorCode } from './errors/search-error.js';
export { SearchIndexMismatchError, SearchModelError, type ModelComplaint } from './errors/model.errors.js';
export { SearchOptionError } from './errors/option-error.js';
export { SearchMigrationError, SearchModelOutdatedError, SearchTableMissingError } from './errors/sync.errors.js';
export { SearchDocumentError, SearchHookError, SearchQueryError } from './errors/query.errors.js';
export {
  SearchAbortedError,
  SearchEngineError,
  SearchEngineUnavailableError,
  SearchNotFoundError,
  SearchVersionConflictError,
  type UnavailableReason,
} from './errors/engine.errors.js';
export { SearchBulkError, SearchNotSettledError, type BulkFailure } from './errors/bulk.errors.js';

// Put another engine or clock behind it
export type * from './contracts/engine.js';
export type * from './contracts/document-port.js';
export type * from './contracts/index-port.js';
export type * from './contracts/task-port.js';
export type { FieldMapping, IndexBody, IndexMappings, IndexSettings, IndexState } from './contracts/index-body.js';
export type { VersionClock } from './contracts/version-clock.js';
