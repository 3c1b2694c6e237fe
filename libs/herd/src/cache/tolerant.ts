import { isOperationError } from '../support/operation-failure.js';

/** A cache that fails is one without the value, and so is one that cannot read or store it. */
export async function tolerant<Result, Instead>(
  ask: () => Promise<Result>,
  instead: Instead,
): Promise<Result | Instead> {
  try {
    return await ask();
  } catch (error) {
    if (isOperationError(error)) return instead;
    throw error;
  }
}
