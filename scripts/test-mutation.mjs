// Mutation tests of the pure folders: npm run test:mutation -- limiter/algorithm herd/router; of all of them without a name.
import { spawnSync } from 'node:child_process';
import { FOLDERS } from './mutation-folders.mjs';

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in FOLDERS));
if (unknown.length > 0) {
  console.error(`No mutation tests of ${unknown.join(', ')}. Name some of: ${Object.keys(FOLDERS).join(', ')}`);
  process.exit(2);
}

const failed = (chosen.length > 0 ? chosen : Object.keys(FOLDERS)).filter((folder) => {
  console.log(`\n## ${folder}, at least ${FOLDERS[folder].atLeast}%\n`);
  const env = { ...process.env, ROOKERY_MUTATE: folder };
  return spawnSync('stryker', ['run'], { stdio: 'inherit', env, shell: process.platform === 'win32' }).status !== 0;
});
if (failed.length > 0) console.error(`Too few mutants were killed, or the run failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
