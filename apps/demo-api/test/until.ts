import { setTimeout as wait } from 'node:timers/promises';

/** Long enough for a machine that has much to do; what is right ends it at once. */
const DEADLINE_MS = 30_000;

/** Asks again until `holds`, for up to half a minute; then fails with the last answer. */
export async function until<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`still not so after ${DEADLINE_MS / 1000} s: ${JSON.stringify(answer).slice(0, 500)}`);
    await wait(50);
  }
}
