// `npm ci` brings what the demo needs; this brings the tools of build and tests, once: node scripts/bring-tools.mjs [FOLDER...]
// Each FOLDER has a manifest of its own beside that of libs: `benches`.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const install = (folder, ...options) => {
  console.error(
    `Installing what ${folder === '.' ? 'build and tests' : folder} need, once: npm install ${options.join(' ')} in ${folder}`,
  );
  // Not `npm ci`: it would take away the Node that runs this.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--no-save', ...options], {
    cwd: join(root, folder),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
};

try {
  if (!existsSync(join(root, 'node_modules/jest'))) install('.', '--include=dev');
  for (const folder of ['libs', ...process.argv.slice(2)])
    if (!existsSync(join(root, folder, 'node_modules'))) install(folder, '--include=dev');
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
