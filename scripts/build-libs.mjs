// Builds each library twice, as ES modules and as CommonJS: node scripts/build-libs.mjs [--fresh] [LIBRARY...]
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
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
if (process.argv.includes('--fresh'))
  for (const folder of folders) {
    rmSync(join(root, folder, 'dist'), { recursive: true, force: true });
    for (const build of ['', '-cjs'])
      rmSync(join(root, 'node_modules/.cache/tsc', `${folder.slice('libs/'.length)}${build}.tsbuildinfo`), {
        force: true,
      });
  }
const projects = folders.flatMap((folder) => [folder, `${folder}/tsconfig.cjs.json`]);
try {
  execFileSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: 'inherit' });
} catch {
  process.exit(1); // tsc has said why.
}
// Node reads `dist/cjs` as CommonJS only where a package.json there says so.
for (const folder of folders) writeFileSync(join(root, folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
