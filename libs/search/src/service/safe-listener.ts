import type { SearchEventListener } from '../contracts/search-event.js';

/**
 * A listener of the application that may fail: what reports goes on, and the failure is a warning of the process.
 *
 * @param warn `process.emitWarning` when absent
 */
export function safeListener(
  listener: SearchEventListener,
  warn: (message: string) => void = (message) => process.emitWarning(message, 'SearchEventWarning'),
): SearchEventListener {
  const failed = (type: string, error: unknown): void =>
    warn(`onEvent failed for ${type}: ${error instanceof Error ? error.message : String(error)}`);
  return (event) => {
    try {
      // One that is async returns a promise, whatever its type is.
      const result = listener(event) as unknown;
      if (result instanceof Promise) result.catch((error: unknown) => failed(event.type, error));
    } catch (error) {
      failed(event.type, error);
    }
  };
}
