import type { Intent } from '../contracts/dispatch.js';
import { HerdManyError, type HerdOperationError } from '../errors/operation-errors.js';
import { isOperationError } from './operation-failure.js';

/** Runs `work` for each key, all at once; where it fails, the failure is what came of that key. */
export async function outcomesByKey<Result>(
  keys: readonly string[],
  work: (key: string) => Promise<Result>,
): Promise<Map<string, Result | Error>> {
  const outcome = async (key: string): Promise<[string, Result | Error]> => {
    try {
      return [key, await work(key)];
    } catch (error) {
      if (isOperationError(error)) return [key, error];
      throw error;
    }
  };
  return new Map(await Promise.all(keys.map(outcome)));
}

/** `read()`, or the failure that it throws. */
export function outcomeOf<Result>(read: () => Result): Result | Error {
  try {
    return read();
  } catch (error) {
    if (isOperationError(error)) return error;
    throw error;
  }
}

/** `found`, with `missing` for each of `keys` that it lacks, in the order of `keys`. */
export const withMissing = <Result>(
  keys: Iterable<string>,
  found: ReadonlyMap<string, Result>,
  missing: Result,
): Map<string, Result> => new Map([...keys].map((key) => [key, found.has(key) ? found.get(key)! : missing]));

/**
 * The results, where no key failed.
 *
 * @throws the first failure where the operation reads, HerdManyError with all of them where it writes, or gives tokens.
 */
export function resultsOrThrow<Result>(
  outcomes: ReadonlyMap<string, Result | Error>,
  { effect = 'read', standIns = true }: Intent = {},
): Map<string, Result> {
  const failures = new Map<string, HerdOperationError>();
  const results = new Map<string, Result>();
  for (const [key, outcome] of outcomes) {
    if (isOperationError(outcome)) failures.set(key, outcome);
    else if (outcome instanceof Error) throw outcome;
    else results.set(key, outcome);
  }
  const [first] = failures.values();
  if (!first) return results;
  throw effect === 'read' && standIns ? first : new HerdManyError(failures, results);
}
