import { indexNameProblem } from '../mapping/index-name.js';
import { SYNC_MODES } from '../metadata/options.js';
import type { OptionProblems } from '../support/option-problems.js';
import {
  aFunction,
  anObject,
  aText,
  aWholeNumber,
  checkOptions,
  having,
  isObject,
  milliseconds,
  oneOf,
  trueOrFalse,
  wholeMilliseconds,
  type OptionTable,
} from '../support/option-table.js';
import type { BulkTuning, RelayTuning, SearchOptions } from './options.js';

const RELAY: OptionTable<RelayTuning> = {
  batchSize: aWholeNumber(1),
  pollMs: wholeMilliseconds(1),
  maxAttempts: aWholeNumber(1),
  unknownPathWaitMs: wholeMilliseconds(0),
};

const BULK: OptionTable<BulkTuning> = {
  maxBytes: aWholeNumber(1),
  concurrency: aWholeNumber(1),
  attempts: aWholeNumber(1),
  retryAfterMs: { ...aFunction, requirement: 'must be a function of the attempt' },
};

const SEARCH: OptionTable<SearchOptions> = {
  engine: having('must be an engine such as openSearch({ node })', 'bulk'),
  name: { ...aText, requirement: "must be a name such as 'logs'" },
  prefix: { accepts: (value) => typeof value === 'string', requirement: 'must be a string' },
  sync: oneOf(...SYNC_MODES),
  relay: {
    accepts: (value) => typeof value === 'boolean' || isObject(value),
    requirement: 'must be true, false or options',
  },
  createIndices: trueOrFalse,
  whenModelChanges: oneOf('refuse', 'migrate'),
  whenEngineIsDown: oneOf('start', 'refuse'),
  shutdownTimeoutMs: wholeMilliseconds(0),
  slowQueryMs: milliseconds,
  bulk: anObject,
  typeInference: having('must have a method infer(facts), as defaultTypeInference has', 'infer'),
  clock: having('must have a method next(), as a VersionClock has', 'next'),
  traceContext: having('must be a trace context such as openTelemetryTraceContext()', 'current', 'resume'),
  onEvent: { ...aFunction, requirement: 'must be a function of the event' },
};

/** Judges the options of a search, those of `bulk` and `relay` among them. */
export function checkSearchOptions(problems: OptionProblems, given: SearchOptions): void {
  if (!checkOptions(problems, given, SEARCH)) return;
  const { engine, prefix, relay, bulk } = given;
  if (engine === undefined) problems.check(false, 'engine', engine, SEARCH.engine.requirement);
  const refused = typeof prefix === 'string' ? indexNameProblem(prefix) : undefined;
  problems.check(refused === undefined, 'prefix', prefix, refused ?? '');
  if (isObject(relay)) checkOptions(problems, relay, RELAY, 'relay.');
  if (isObject(bulk)) checkOptions(problems, bulk, BULK, 'bulk.');
}
