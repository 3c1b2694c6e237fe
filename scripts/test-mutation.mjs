// Mutation tests of the pure folders: npm run test:mutation -- limiter/algorithm herd/router; of all of them without a name. What
// begins with a dash, and all after it, is for Stryker: npm run test:mutation -- search/query --concurrency 1
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { FOLDERS } from './mutation/folders.mjs';

/** Code with mutants in it is compiled for one run, not kept for others. */
const COMPILED = `.stryker/compiled-${process.pid}`;

const words = process.argv.slice(2);
const end = [...words, '-'].findIndex((word) => word.startsWith('-'));
const [chosen, options] = [words.slice(0, end), words.slice(end)];
const unknown = chosen.filter((name) => !(name in FOLDERS));
if (unknown.length > 0) {
  console.error(`No mutation tests of ${unknown.join(', ')}. Name some of: ${Object.keys(FOLDERS).join(', ')}`);
  process.exit(2);
}

function fails(folder) {
  const { atLeast, server } = FOLDERS[folder];
  console.log(`\n## ${folder}, at least ${atLeast}%\n`);
  if (server && !process.env[server]) {
    console.error(
      `${server} is not set: run "npm run services" in another terminal, and copy the lines that it prints`,
    );
    return true;
  }
  const env = { ...process.env, ROOKERY_MUTATE: folder, ROOKERY_COMPILED: COMPILED };
  // A second line of the server doubles the time, and compiles nothing else.
  delete env.OPENSEARCH2_URL;
  const { status } = spawnSync('stryker', ['run', ...options], {
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  rmSync(COMPILED, { recursive: true, force: true });
  return status !== 0;
}

const failed = (chosen.length > 0 ? chosen : Object.keys(FOLDERS)).filter(fails);
if (failed.length > 0) console.error(`Too few mutants were killed, or the run failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
