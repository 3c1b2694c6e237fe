import { setTimeout as wait } from 'node:timers/promises';
import type { DemoApi } from './demo-api.js';

const DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 100;

/**
 * Removes a president, whose passages leave the search, and brings both back.
 *
 * @throws when the search does not follow; the president is restored all the same.
 */
export async function removeAndRestore(
  demo: DemoApi,
  { id, name }: Readonly<{ id: number; name: string }>,
): Promise<void> {
  const passages = await countOf(demo, id);
  console.log(`\nGET /search?presidentId=${id} finds ${passages} passages of ${name}`);
  try {
    console.log(`\nDELETE /presidents/${id}`);
    await demo.removePresident(id);
    await expectPassages(demo, id, 0);
  } finally {
    console.log(`\nPOST /presidents/${id}/restore`);
    await demo.restorePresident(id);
  }
  await expectPassages(demo, id, passages);
}

async function expectPassages(demo: DemoApi, president: number, wanted: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (let found = await countOf(demo, president); found !== wanted; found = await countOf(demo, president)) {
    if (Date.now() > deadline)
      throw new Error(`/search?presidentId=${president} should find ${wanted} passages, and finds ${found}`);
    await wait(LOOK_EVERY_MS);
  }
  console.log(`GET /search?presidentId=${president} finds ${wanted} passages`);
}

async function countOf(demo: DemoApi, president: number): Promise<number> {
  return (await demo.searchOnceThere({ presidentId: String(president), size: '1' }, DEADLINE_MS)).total;
}
