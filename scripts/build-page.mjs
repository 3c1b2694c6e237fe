// Builds the page of the demo with Vite, which it brings when it is not there. What is up to date stays: node scripts/build-page.mjs
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder } from './install-folder.mjs';

const FOLDER = 'apps/demo-api/web';
const root = join(import.meta.dirname, '..');
const web = join(root, FOLDER);
const built = join(root, 'apps/demo-api/dist/web/index.html');

const modifiedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = globSync(['src/**/*', '*.{html,mjs,json}'], { cwd: web }).map((path) => join(web, path));

try {
  if (modifiedAt(built) < Math.max(...sources.map(modifiedAt))) {
    if (!existsSync(join(web, 'node_modules/vite'))) installFolder(FOLDER);
    // Standard output belongs to whoever calls this.
    execFileSync(process.execPath, [join(web, 'node_modules/vite/bin/vite.js'), 'build'], {
      cwd: web,
      stdio: ['ignore', 2, 2],
    });
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
