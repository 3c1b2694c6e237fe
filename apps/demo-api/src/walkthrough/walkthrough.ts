import { setTimeout as wait } from 'node:timers/promises';
import type { DemoApi } from './demo-api.js';
import { removeAndRestore } from './removal.js';
import { SearchCommand } from './search-command.js';
import { Traffic, type TrafficReport } from './traffic.js';

const SYNONYMS = 'corsair, pirate';
/** No address has the first word; several have the second. */
const WORD = 'corsair';
const PRESIDENT = 1;
const DEADLINE_MS = 30_000;

const INDEX = 'passages';

/**
 * Removes a president and restores it; then changes the mapping of a running demo and changes it back, with searches and edits
 * all along. Ends as it began.
 *
 * @throws when a step does not do what it is to do.
 */
export async function walkThrough(demo: DemoApi, everyMs: number): Promise<TrafficReport> {
  const before = new SearchCommand(undefined);
  const after = new SearchCommand(SYNONYMS);
  const { president } = await demo.address(1);
  await removeAndRestore(demo, president);
  const traffic = new Traffic(demo, PRESIDENT, everyMs);
  const rollBack = () => before.run('rollback', INDEX, '--yes');
  const migrateBack = async () => {
    await before.run('migrate', INDEX);
    await before.run('finish', INDEX, '--yes');
  };
  /** What brings back the index of before, whatever has failed. */
  let undo = () => Promise.resolve();
  try {
    await expectFound(demo, false);
    await after.run('plan', INDEX);
    undo = rollBack;
    await after.run('migrate', INDEX);
    await expectFound(demo, true);
    await rollBack();
    await expectFound(demo, false);

    await after.run('migrate', INDEX);
    const stopRelay = after.start('relay'); // Stands for processes of the new release.
    try {
      undo = () => rollBack().catch(migrateBack);
      await after.run('finish', INDEX, '--yes');
      undo = migrateBack;
      await expectFound(demo, true);
    } finally {
      await stopRelay();
    }

    await migrateBack();
    undo = () => Promise.resolve();
    await expectFound(demo, false);
  } catch (error) {
    console.error('\nA step failed: the index of before is brought back.');
    await undo();
    throw error;
  } finally {
    await traffic.stop();
    await demo.changeParty(PRESIDENT, president.party);
  }
  await expectParty(demo, president);
  await before.run('verify', INDEX);
  return traffic.report;
}

async function expectFound(demo: DemoApi, wanted: boolean): Promise<void> {
  const { total, hits } = await demo.searchOnceThere({ q: WORD, size: '1' }, DEADLINE_MS);
  console.log(`\nGET /search?q=${WORD} finds ${total} passages${hits[0] ? `: ${hits[0].highlights[0]}` : ''}`);
  if (total > 0 !== wanted) throw new Error(`/search?q=${WORD} should find ${wanted ? 'something' : 'nothing'}`);
}

/** The last edit arrives in search. */
async function expectParty(demo: DemoApi, { name, party }: Readonly<{ name: string; party: string }>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const { facets } = await demo.search({ president: name, size: '1' });
    if (facets.party.length === 1 && facets.party[0]!.party === party) return;
    if (Date.now() > deadline) throw new Error(`the last edit of ${name} is not in search`);
    await wait(100);
  }
}
