import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Installs what a folder's manifest names, tools included. */
export function installFolder(folder) {
  console.error(
    `Installing what ${folder === '.' ? 'build and tests' : folder} need, once: npm install --include=dev in ${folder}`,
  );
  // Not `npm ci`: it would remove the Node that runs this.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The options of `npm pack --dry-run` are not meant for this.
  const given = Object.entries(process.env).filter(([name]) => !/^npm_config_(dry_run|json|workspaces?)$/i.test(name));
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--no-save', '--include=dev'], {
    cwd: join(root, folder),
    env: Object.fromEntries(given),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
}
