import { messageOf, RequestError } from '../api.js';

const RETRY_MS = 2000;

/**
 * Sends a search until it is answered, and reports meanwhile why it is not. One that was refused for what it is, or that
 * a newer one has overtaken, is never answered: after an error InstantSearch would go back to the search before,
 * and so remove what the user is typing.
 *
 * @param onProblem undefined: there is none any more.
 */
export function persistent<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  onProblem: (problem: string | undefined) => void,
): (question: Question) => Promise<Answer> {
  let newest = 0;
  return async (question) => {
    const own = (newest += 1);
    while (own === newest) {
      try {
        const answer = await ask(question);
        if (own === newest) onProblem(undefined);
        return answer;
      } catch (error) {
        if (own !== newest) break;
        onProblem(messageOf(error));
        if (!mayHelp(error)) break;
        await new Promise((resolve) => setTimeout(resolve, retryMs(error)));
      }
    }
    return new Promise(() => {});
  };
}

/** What the application refuses, it refuses again. */
const mayHelp = (error: unknown): boolean =>
  error instanceof RequestError && (error.status === undefined || error.status === 429 || error.status >= 500);
const retryMs = (error: unknown): number =>
  Math.max(RETRY_MS, error instanceof RequestError ? error.retryAfterMs || 0 : 0);
