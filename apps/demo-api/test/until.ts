import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until `holds`, for up to ten seconds; then fails with the last answer. */
export async function until<Answer>(ask: () => Promise<Answer>, holds: (answer: Answer) => boolean): Promise<Answer> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still not so after 10 s: ${JSON.stringify(answer).slice(0, 500)}`);
    await wait(50);
  }
}
