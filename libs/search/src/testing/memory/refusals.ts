import { SearchEngineError, SearchUnclaimedError } from '../../errors/engine.errors.js';

/** What messages call the engine. */
export const ENGINE = 'memory';

/** @param part such as `highlight` or `the query geo_distance` */
export function unclaimed(part: string, remedy = 'run this test against a real engine'): SearchUnclaimedError {
  return new SearchUnclaimedError(ENGINE, part, remedy);
}

/** @throws SearchUnclaimedError for the first name of `given` that is not among `claimed` */
export function assertClaimed(what: string, given: object, claimed: readonly string[]): void {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !claimed.includes(name)) throw unclaimed(`\`${name}\` of ${what}`);
}

/** What an engine of the real kind refuses too. */
export function refused(type: string, reason: string, status = 400): SearchEngineError {
  return new SearchEngineError(ENGINE, status, type, reason);
}
