// Builds each library twice, as ES modules and as CommonJS: node scripts/build-libs.mjs [--fresh] [LIBRARY...]
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const named = process.argv.slice(2).filter((argument) => argument !== '--fresh');
const folders = named.length > 0 ? named.map((name) => `libs/${name}`) : globSync('libs/*', { cwd: root });

if (!existsSync(tsc)) {
  console.error('There is no compiler here: run npm ci at the root of the repository first.');
  process.exit(1);
}
// A file that was renamed leaves its old output behind: what is published starts from nothing.
if (process.argv.includes('--fresh')) folders.forEach(removeBuilds);
try {
  const projects = folders.flatMap((folder) => [folder, `${folder}/tsconfig.cjs.json`]);
  execFileSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: ['ignore', 2, 2] }); // npm pack --json owns stdout.
} catch {
  process.exit(1); // tsc has said why.
}
for (const folder of folders) {
  // Node reads `dist/cjs` as CommonJS only where a package.json there says so.
  writeFileSync(join(root, folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  for (const page of ['LICENSE', 'CHANGELOG.md']) copyFileSync(join(root, page), join(root, folder, page));
}

function removeBuilds(folder) {
  const name = folder.slice('libs/'.length);
  rmSync(join(root, folder, 'dist'), { recursive: true, force: true });
  for (const build of [name, `${name}-cjs`])
    rmSync(join(root, 'node_modules/.cache/tsc', `${build}.tsbuildinfo`), { force: true });
}
