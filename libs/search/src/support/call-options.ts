import type { CallOptions, DocumentOptions, PointInTimeOptions } from '../contracts/engine.js';
import { OptionProblems } from './option-problems.js';
import { aText, checkOptions, wholeMilliseconds, type OptionTable } from './option-table.js';

/** What every call accepts. */
export const CALL_OPTIONS: OptionTable<CallOptions> = {
  signal: {
    accepts: (value) => typeof (value as AbortSignal | null)?.addEventListener === 'function',
    requirement: 'must be an AbortSignal',
  },
  timeoutMs: wholeMilliseconds(0),
};

export const DOCUMENT_OPTIONS: OptionTable<DocumentOptions> = { ...CALL_OPTIONS, routing: aText };

export const POINT_IN_TIME_OPTIONS: OptionTable<PointInTimeOptions> = { ...DOCUMENT_OPTIONS, preference: aText };

/** What every call accepts of the options of one. */
export function callOptionsOf({ signal, timeoutMs }: CallOptions): CallOptions {
  return { ...(signal ? { signal } : {}), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

/**
 * Judges the options of a call before anything is sent.
 *
 * @param call `indexAll`, as the message names it
 * @throws SearchOptionError with all that is wrong
 */
export function checkCall<T extends object>(call: string, options: T | undefined, table: OptionTable<T>): void {
  if (options === undefined) return;
  const problems = new OptionProblems();
  checkOptions(problems, options, table, `${call}.`);
  problems.throwIfAny();
}
