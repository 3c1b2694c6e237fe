// Describe documents
export { Indexed, SearchField } from './metadata/decorators.js';
export { defineFields, defineIndex, type IndexDefinitionOptions } from './metadata/define-index.js';
export type {
  EntityOrSchema,
  FieldName,
  FieldOptions,
  FieldsOf,
  Held,
  KeyOf,
  KeyOfEach,
  KeyOptions,
  KeysIn,
  Single,
  WithKeys,
} from './metadata/field-names.js';
export type {
  AddedFieldOptions,
  FieldParameters,
  IndexedOptions,
  SearchFieldOptions,
  SharedFieldOptions,
  SubFieldOptions,
  SyncMode,
  AnyEntity,
  FieldOptionsOf,
  InferredFieldOptions,
  KeyDescriptions,
} from './metadata/options.js';
export type { EntityClass } from './metadata/recorder.js';
export type { IndexReference } from './mapping/index-registry.js';
export { defaultTypeInference } from './mapping/default-type-inference.js';
export type { PropertyFacts, TypeInference } from './contracts/type-inference.js';
export type { FieldType, DynamicMapping, FIELD_TYPES } from './contracts/index-body.js';
export type { ParameterOf, PARAMETERS } from './metadata/field-parameters.js';

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
  IndexAllOptions,
  IndexAllProgress,
  IndexEachOptions,
  IndexOptions,
  PaginateOptions,
  Paging,
  QueryMaker,
  StoredDocument,
  UpdateOptions,
  UpdateByQueryOptions,
} from './repository/repository-calls.js';
export type { DocumentOperation, Placed, PlainOperation, Unchanged } from './indexing/document-operations.js';
export type { DocumentChange } from './indexing/document-change.js';
export { SearchAcross, type AcrossHit, type AcrossPage } from './repository/across.js';
export { ByQueryTask, type DoneOptions, type TaskResult } from './repository/by-query-task.js';
export type { StreamOptions } from './repository/hit-stream.js';
export type { HydrateOptions, Hydrated } from './rows/hydration.js';
export { IndexControl, type AddAliasOptions } from './repository/index-control.js';
export type { PrimaryKey, Orm } from './rows/entity-reader.js';
export type { DocumentReads } from './repository/document-reads.js';

// Stay in step
export { searchEntities } from './database/tables.js';
export type { BulkTuning, RelayTuning } from './service/options.js';
export type { SearchSync, TouchedRows, TouchOptions } from './sync/explicit-touch.js';
export type { Backlog, DeadLetter } from './sync/outbox-backlog.js';
export { searchChannels } from './contracts/diagnostics.js';
export type { RelayBatchMessage } from './contracts/diagnostics.js';

// Change mappings, repair drift
export type { MigrationService, MigrationStatus } from './migration/migration.service.js';
export type { MigrateOptions } from './migration/migration-options.js';
export type { VerifyMode } from './migration/verify-mode.js';
export { describeDifference, type MappingDifference, type MigrationPlan } from './migration/plan.js';
export type { MigrationProgress } from './migration/progress.js';
export type { MigrationPhase, MigrationState, MigrationFacts } from './migration/migration-state.js';
export type { DriftedDocument } from './migration/drift.js';
export type { RepairResult, VerifyOptions } from './migration/drift-repair.js';
export type { RowConditions } from './rows/row-scope.js';

// Ask
export { SearchQuery, type ClauseMaker, type NamesOf, type NoneAsked, type QueryRunner } from './query/search-query.js';
export type { EntityHit, Hit, InnerHits, InnerHitsOf, SearchPage } from './query/search-page.js';
export type { Dated, DateForm, DocumentOf, PartOf, JsonOf } from './query/document-type.js';
export type {
  FieldPath,
  ValueAt,
  AnyFunction,
  IsOpenObject,
  Scalar,
  Sortable,
  Unwrapped,
  ValidPath,
  Choices,
  DataKey,
  IsAny,
  Step,
} from './query/field-path.js';
export type { Clause, ClauseBuilder } from './query/clauses/clause.js';
export type {
  Aggregation,
  AggregationBuilder,
  Aggregations,
  ResultsOf,
  AggregationNode,
  AggregationNodes,
} from './query/aggregations/aggregation.js';
export type { Bucket, NoAggregations, WithSub, SubAggregations, SubNodes } from './query/aggregations/buckets.js';
export type { BucketsResult, SingleBucket } from './query/aggregations/buckets.js';
export type {
  CompositeResult,
  CompositeSource,
  CompositeAggregations,
  CompositeKey,
  CompositeSources,
  PlainCompositeOptions,
  CompositeNode,
  Missing,
  SourceOptions,
  SourceNode,
} from './query/aggregations/composite.js';
export type {
  HistogramResult,
  AutoDateHistogramResult,
  HistogramAggregations,
  AutoDateHistogramOptions,
  DateHistogramOptions,
  HistogramOptions,
  DateStep,
  HistogramNode,
  PlainAutoDateHistogramOptions,
  PlainDateHistogramOptions,
  PlainHistogramOptions,
  Common,
  Bounds,
} from './query/aggregations/histograms.js';
export type {
  ExtendedStatsResult,
  StatsResult,
  ValueResult,
  MetricAggregations,
  CardinalityOptions,
  CountResult,
  ExtendedStatsOptions,
  Instant,
  MetricOptions,
  ScriptedMetricOptions,
  WeightedOptions,
  MetricNode,
  FieldMetric,
  MetricValue,
  NumberValue,
} from './query/aggregations/metrics.js';
export type {
  PercentilesResult,
  PercentileAggregations,
  PercentileOptions,
  PercentileNode,
  Countable,
} from './query/aggregations/percentiles.js';
export type {
  RangesResult,
  RangeAggregations,
  PlainDateRangeOptions,
  PlainGeoDistanceOptions,
  RangeOf,
  RangeNode,
} from './query/aggregations/ranges.js';
export type {
  TermsResult,
  TermsAggregations,
  TermsAggregationOptions,
  BucketOrder,
  PlainTermsOptions,
  TermsNode,
} from './query/aggregations/terms.js';
export type {
  TopHitsResult,
  TopHitsAggregations,
  SortedBy,
  TopHitsNode,
  TopHitsOptions,
} from './query/aggregations/top-hits.js';
export type {
  SignificantResult,
  ValueBucketAggregations,
  KeyAt,
  PlainMultiTermsOptions,
  PlainRareTermsOptions,
  Significant,
  PlainSignificantOptions,
  ValueBucketNode,
} from './query/aggregations/value-buckets.js';
export type { HighlightOptions, HighlightEncoder, HighlightNode } from './query/highlight.js';
export type {
  CollapseOptions,
  RequestOptions,
  RescoreOptions,
  SourceFilter,
  RequestNode,
  PageWindow,
} from './query/request.js';
export type { DistanceSortOptions, SortOptions, Direction, SortNode } from './query/sort.js';
export type {
  CompletionSuggestion,
  PhraseSuggestion,
  SuggestBuilder,
  Suggestion,
  Suggestions,
  SuggestionsOf,
  WordSuggestion,
  CompletionOptions,
  PhraseSuggestOptions,
  SuggestNode,
  TermSuggestOptions,
} from './query/suggest.js';
export type { Distance, GeoPoint, DistanceUnit, GeoValue } from './query/geo-point.js';
export type { Script } from './query/script.js';
export type { DocumentKey, KeyValue } from './document/document-builder.js';
export type { FilterAggregations, FiltersResult, FilterNode } from './query/aggregations/filters.js';
export type { GeoGridAggregations, PlainGridOptions, GeoGridNode } from './query/aggregations/geo-grid.js';
export type {
  PipelineAggregations,
  BestBucketResult,
  BucketSortOptions,
  DerivativeOptions,
  MovingFnOptions,
  Paths,
  PipelineOptions,
  PipelineValue,
  SiblingResult,
  GapPolicy,
  PipelineNode,
  PipelineKind,
  PIPELINE_NAMES,
} from './query/aggregations/pipelines.js';
export type { RawAggregations, RawAggregationNode } from './query/aggregations/raw.js';
export type {
  CompoundClauses,
  CompoundNode,
  BoolParts,
  BoostingParts,
  DisMaxOptions,
} from './query/clauses/compound.js';
export type {
  FullTextClauses,
  FullTextNode,
  ClauseOptions,
  CombinedFieldsOptions,
  ManyFields,
  MatchBoolPrefixOptions,
  MatchOptions,
  MatchPhraseOptions,
  MatchPhrasePrefixOptions,
  MultiMatchOptions,
  OneField,
  Words,
  Boosts,
  Fuzziness,
  FuzzyWords,
} from './query/clauses/full-text.js';
export type { GeoClauses, GeoNode, GeoBox, GeoDistanceOptions, GeoOptions } from './query/clauses/geo.js';
export type {
  IntervalsClauses,
  IntervalsNode,
  IntervalRule,
  IntervalRules,
  IntervalFilter,
  IntervalGroupOptions,
  IntervalMatchOptions,
  IntervalPatternOptions,
} from './query/clauses/intervals.js';
export type {
  InnerHitsOptions,
  JoiningClauses,
  JoiningNode,
  HasChildOptions,
  HasParentOptions,
  NestedOptions,
  NestedValue,
  JoinOptions,
} from './query/clauses/joining.js';
export type {
  LikenessClauses,
  LikenessNode,
  KnnOptions,
  Likeness,
  MoreLikeThisOptions,
} from './query/clauses/likeness.js';
export type {
  PatternClauses,
  PatternNode,
  FuzzyOptions,
  Pattern,
  PatternOptions,
  RegexpOptions,
} from './query/clauses/patterns.js';
export type {
  QueryStringClauses,
  QueryStringNode,
  QueryStringOptions,
  SimpleQueryStringOptions,
  SharedOptions,
} from './query/clauses/query-string.js';
export type { RawClauses, RawNode } from './query/clauses/raw.js';
export type {
  ScoringClauses,
  ScoringNode,
  FunctionScoreOptions,
  ScoreFunction,
  ScoreFunctions,
  ScriptScoreOptions,
  DecayOptions,
  DecayShape,
  FieldValueFactorOptions,
  FunctionOptions,
  RandomOptions,
} from './query/clauses/scoring.js';
export type {
  TermLevelClauses,
  TermLevelNode,
  BoundOf,
  Exact,
  Ordered,
  QueryValue,
  RangeBounds,
  RangeOptions,
  RangeValue,
  TermOptions,
  TermsLookup,
} from './query/clauses/term-level.js';
export type { Wire } from './query/wire-value.js';
export type { TermKey } from './query/aggregations/term-key.js';

// Watch
export type { BulkDiagnostics, RequestDiagnostics, RetryDiagnostics } from './contracts/diagnostics.js';
export type { SearchEvent, SearchEventListener } from './contracts/search-event.js';
export type { Duration } from './contracts/duration.js';

// Handle errors
export { SearchError, type SearchErrorCode } from './errors/search-error.js';
export { SearchIndexMismatchError, SearchModelError, type ModelComplaint } from './errors/model.errors.js';
export { SearchOptionError, type OptionProblem } from './errors/option-error.js';
export {
  SearchMigrationError,
  SearchModelOutdatedError,
  SearchTableMissingError,
  type MigrationRefusal,
} from './errors/sync.errors.js';
export { SearchKeyError } from './errors/key.errors.js';
export { SearchDocumentError, SearchHookError, SearchQueryError } from './errors/query.errors.js';
export {
  SearchAbortedError,
  SearchEngineError,
  SearchEngineUnavailableError,
  SearchNotFoundError,
  SearchUnclaimedError,
  SearchVersionConflictError,
  type UnavailableReason,
} from './errors/engine.errors.js';
export { SearchBulkError, SearchNotSettledError } from './errors/bulk.errors.js';
export type { BulkFailure } from './contracts/bulk-failure.js';

// Put another engine or clock behind it
export type * from './contracts/engine.js';
export type * from './contracts/document-port.js';
export type * from './contracts/index-port.js';
export type * from './contracts/task-port.js';
export type {
  AliasOptions,
  FieldMapping,
  IndexBody,
  IndexMappings,
  IndexSettings,
  IndexState,
} from './contracts/index-body.js';
export type { TraceContext } from './contracts/trace-context.js';
export type { VersionClock } from './contracts/version-clock.js';
