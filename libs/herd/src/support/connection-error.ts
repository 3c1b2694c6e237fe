import { HerdNodeError, HerdRefusedError } from '../errors/operation-errors.js';
import { connectionRemedy, refusesCredentials } from './connection-remedy.js';
import { problemOf } from './message-of.js';

/**
 * The error of a node whose connection failed, or could not be made. One that refuses this client's credentials is of no use until they
 * change, however often it is tried.
 *
 * @param cause what stands in the message.
 * @param reason what shows the remedy, where that is not `cause`.
 * @param otherwise the remedy, where `reason` does not show it.
 */
export function connectionError(what: string, otherwise: string, cause?: unknown, reason = cause): HerdNodeError {
  const why = cause ? ` (${problemOf(cause)})` : '';
  const problem = { what: `${what}${why}`, remedy: connectionRemedy(reason, otherwise), cause };
  return refusesCredentials(reason) ? new HerdRefusedError(problem) : new HerdNodeError(problem);
}
