import { call, RequestError, type President, type SearchAnswer, send, sendJson, type WholeAddress } from '../api.js';
import type { Say } from './experiments.js';

const FOLLOW_DEADLINE_MS = 20_000;
const LOOK_EVERY_MS = 400;
/** Whose party is changed, and to what; and who is removed for a moment. */
const ADDRESS_OF_CHANGED = 1;
const ADDRESS_OF_REMOVED = 9;
const OTHER_PARTIES = ['Whig', 'Federalist'] as const;

const presidentOf = async (address: number): Promise<President> =>
  (await call<WholeAddress>(`addresses/${address}`)).president;

/** Another party and the old one again, each of which the passages follow. */
export async function changeParty(say: Say): Promise<void> {
  const { id, name, party: before } = await presidentOf(ADDRESS_OF_CHANGED);
  const party = OTHER_PARTIES.find((other) => other !== before)!;
  say(`${name} joins: ${party}. One row is written to the outbox, in the same transaction.`);
  for (const [to, next] of [
    [party, 'Now back again.'],
    [before, 'All is as it was.'],
  ] as const) {
    const seconds = stopwatch();
    await sendJson('PATCH', `presidents/${id}`, { party: to });
    const { total } = await passagesOf(id, ({ facets: { party } }) => party.length === 1 && party[0]!.party === to);
    say(
      `All ${total} passages of ${name} have followed to ${to === 'none' ? 'no party' : to} after ${seconds()} s. ${next}`,
    );
  }
}

/** The row stays, and the passages leave the search until it is restored. */
export async function removeAndRestore(say: Say): Promise<void> {
  const { id, name } = await presidentOf(ADDRESS_OF_REMOVED);
  const { total: before } = await passagesOf(id, ({ total }) => total > 0);
  const away = stopwatch();
  await send('DELETE', `presidents/${id}`);
  say(`${name} is removed. One row is written to the outbox, in the same transaction.`);
  try {
    await passagesOf(id, ({ total }) => total === 0);
    say(`All ${before} passages of ${name} have left the search after ${away()} s. Now back again.`);
  } finally {
    await send('POST', `presidents/${id}/restore`);
  }
  const back = stopwatch();
  await passagesOf(id, ({ total }) => total === before);
  say(`All ${before} passages of ${name} left the search, and were found again ${back()} s after it was restored.`);
}

/** Takes back what visitors have changed. */
export async function resetData(say: Say): Promise<void> {
  const { presidents } = await send<{ presidents: number }>('POST', 'reset');
  say(
    presidents === 0
      ? 'Nothing had been edited.'
      : `${presidents === 1 ? 'One president is' : `${presidents} presidents are`} as at first again; the passages follow.`,
  );
}

function stopwatch(): () => string {
  const startedAt = performance.now();
  return () => ((performance.now() - startedAt) / 1000).toFixed(1);
}

/** What a search for the president's passages answers, once it is so. */
async function passagesOf(president: number, isSo: (answer: SearchAnswer) => boolean): Promise<SearchAnswer> {
  const deadline = performance.now() + FOLLOW_DEADLINE_MS;
  for (;;) {
    const answer = await call<SearchAnswer>(`search?presidentId=${president}&size=1`);
    if (isSo(answer)) return answer;
    if (performance.now() > deadline)
      throw new RequestError(undefined, 'The passages have not followed yet: the outbox keeps the change.');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
