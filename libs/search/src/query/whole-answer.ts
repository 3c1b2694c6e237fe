import { SearchEngineUnavailableError } from '../errors/engine.errors.js';

/** @throws SearchEngineUnavailableError where `serverTimeoutMs` ended a search whose answer has no field for being a part. */
export function assertWhole(engine: string, timedOut: boolean | undefined): void {
  if (timedOut)
    throw new SearchEngineUnavailableError(
      engine,
      'timeout',
      'the search was ended by serverTimeoutMs before it was complete: give it more time, or narrow the query',
    );
}
