// `npm ci` brings what the demo needs; this brings the tools of build and tests, once: node scripts/bring-tools.mjs [FOLDER...]
// Each FOLDER has a manifest of its own beside that of libs: `benches`, `apps/demo-api/web`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installFolder } from './install-folder.mjs';

const root = join(import.meta.dirname, '..');

try {
  if (!existsSync(join(root, 'node_modules/jest'))) installFolder('.');
  for (const folder of ['libs', ...process.argv.slice(2)])
    if (!existsSync(join(root, folder, 'node_modules'))) installFolder(folder);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
