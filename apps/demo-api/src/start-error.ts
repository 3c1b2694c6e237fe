/** The demo cannot start; the message is all that a person needs. */
export class StartError extends Error {
  override readonly name: string = 'StartError';
}

/** The one message for a start that failed, or the stack where the cause is unknown. */
export function describeStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof StartError || isLibraryError(error) ? error.message : (error.stack ?? error.message);
}

/** Errors of the three libraries carry a code, and their message names the option, the value and the remedy. */
function isLibraryError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^(SEARCH|HERD|LIMITER)_/.test(error.code);
}
