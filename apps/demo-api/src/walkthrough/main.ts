import { DEFAULT_EDITOR_PASSWORD } from '../config/defaults.js';
import { DemoApi } from './demo-api.js';
import { walkThrough } from './walkthrough.js';

/** Slow enough for the limits of one client. */
const EVERY_MS = 500;

const { DEMO_URL, EDITOR_PASSWORD = DEFAULT_EDITOR_PASSWORD, WALKTHROUGH_EVERY_MS = String(EVERY_MS) } = process.env;
if (DEMO_URL === undefined) {
  console.error(
    'No demo runs: start one by `npm run demo` in another terminal, or set DEMO_URL and the addresses of its servers.',
  );
  process.exit(1);
}
if (!/^[1-9]\d{0,5}$/.test(WALKTHROUGH_EVERY_MS)) {
  console.error(
    `WALKTHROUGH_EVERY_MS must be a whole number from 1 to 999999 (got ${JSON.stringify(WALKTHROUGH_EVERY_MS)})`,
  );
  process.exit(1);
}
try {
  const { searches, failedSearches, writes, failedWrites, failure } = await walkThrough(
    new DemoApi(DEMO_URL, EDITOR_PASSWORD),
    Number(WALKTHROUGH_EVERY_MS),
  );
  console.log(`\nMeanwhile: ${searches} searches, ${failedSearches} failed; ${writes} writes, ${failedWrites} failed.`);
  if (failure !== undefined) {
    console.error(`The first failure: ${failure}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
