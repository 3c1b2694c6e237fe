import { checked, hasMethod, isObject } from './option-checks.js';

/** The options of a call that stores. */
export const storeOptionNames = ['ttl', 'signal'] as const;

/** The options of any other call. */
const callOptionNames = ['signal'] as const;

/**
 * Refuses what is no object of the `known` options. Runs for each operation: where nothing is wrong it makes nothing.
 *
 * @throws HerdOptionError
 */
export function checkCallOptions(given: unknown, known: readonly string[] = callOptionNames): void {
  if (given === undefined || isRight(given, known)) return;
  checked((problems) => {
    const shaped = problems.check(
      isObject(given),
      'options',
      given,
      `must be an object with any of ${known.join(', ')}`,
    );
    if (!shaped) return;
    problems.checkNames(given as object, known);
    const { signal } = given as { signal?: unknown };
    problems.check(signal === undefined || isSignal(signal), 'signal', signal, 'must be an AbortSignal');
  });
}

function isRight(given: unknown, known: readonly string[]): boolean {
  if (!isObject(given)) return false;
  for (const name in given) if (!known.includes(name)) return false;
  const { signal } = given as { signal?: unknown };
  return signal === undefined || isSignal(signal);
}

const isSignal = (value: unknown): boolean => hasMethod(value, 'throwIfAborted');
