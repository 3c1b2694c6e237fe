import type { BulkOutcome } from '../contracts/engine.js';
import type { BulkFailure } from '../contracts/bulk-failure.js';
import { SearchBulkError } from '../errors/bulk.errors.js';
import type { SearchEngineUnavailableError } from '../errors/engine.errors.js';

export interface RetryableFailure extends BulkFailure {
  /** The engine was busy or away: another try may work. */
  readonly retryable: boolean;
  /** Where it was to be written. */
  readonly index: string;
}

/** What became of a bulk. */
export interface BulkReport {
  /** Written, deleted, or not needed since a newer version was there. */
  readonly succeeded: number;
  readonly failures: readonly RetryableFailure[];
  /** The last reason why the engine did not answer at all. */
  readonly unavailable: SearchEngineUnavailableError | undefined;
}

export const EMPTY_REPORT: BulkReport = Object.freeze({ succeeded: 0, failures: [], unavailable: undefined });

export function failureOf(
  { id, status, type, reason, retryable }: Extract<BulkOutcome, { outcome: 'failed' }>,
  index: string,
): RetryableFailure {
  return { id, index, status, type, reason, retryable };
}

export function mergeReports(a: BulkReport, b: BulkReport): BulkReport {
  return {
    succeeded: a.succeeded + b.succeeded,
    failures: [...a.failures, ...b.failures],
    unavailable: b.unavailable ?? a.unavailable,
  };
}

/** Whether a failure is none of the document: the engine was busy, or the index is not there or blocked. */
export function isPassing({ retryable, type }: RetryableFailure): boolean {
  return retryable || type === 'index_not_found_exception' || type === 'cluster_block_exception';
}

/** @throws SearchEngineUnavailableError when nothing was answered, SearchBulkError when some were refused. */
export function assertAllWritten(report: BulkReport): void {
  if (report.failures.length === 0) return;
  if (report.unavailable && report.succeeded === 0) throw report.unavailable;
  throw new SearchBulkError(report.failures, report.succeeded, { cause: report.unavailable });
}
