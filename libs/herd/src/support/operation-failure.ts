import type { Failure } from '../contracts/driver.js';
import type { HerdErrorCode } from '../errors/herd-error.js';
import type { HerdOperationError } from '../errors/operation-errors.js';

const FAILURES: readonly unknown[] = ['node', 'refusal', 'request', 'overload'] satisfies readonly Failure[];

/** The code of an error of this library, whichever of its builds made it; `undefined` for any other error. */
export function codeOf(error: unknown): HerdErrorCode | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code.startsWith('HERD_') ? (code as HerdErrorCode) : undefined;
}

/**
 * Whether an operation failed as a herd reports it. By its code: a driver that was loaded as CommonJS throws errors of another
 * class than the one of a herd that was loaded as ES modules.
 */
export const isOperationError = (error: unknown): error is HerdOperationError =>
  codeOf(error) !== undefined && FAILURES.includes((error as { failure?: unknown }).failure);
