// Builds each library twice, as ES modules and as CommonJS: node scripts/build-libs.mjs [LIBRARY...]
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const named = process.argv.slice(2);
const isLibrary = (name) => existsSync(join(root, 'libs', name, 'package.json'));
const names = named.length > 0 ? named : readdirSync(join(root, 'libs')).filter(isLibrary);
const folders = names.map((name) => `libs/${name}`);

if (!existsSync(tsc)) {
  console.error('There is no compiler here: run npm ci at the root of the repository first.');
  process.exit(1);
}
try {
  // `npm ci` brings what the demo needs: the specs and adapters that are compiled here need more.
  execFileSync(process.execPath, [join(root, 'scripts/bring-tools.mjs')], { stdio: ['ignore', 2, 2] });
  const projects = folders.flatMap((folder) => [folder, `${folder}/tsconfig.cjs.json`]);
  execFileSync(process.execPath, [tsc, '-b', ...projects], { cwd: root, stdio: ['ignore', 2, 2] }); // npm pack --json owns stdout.
} catch {
  process.exit(1); // npm or tsc has printed why.
}
for (const folder of folders) {
  for (const build of ['esm', 'cjs']) removeStrays(folder, join('dist', build));
  // Node reads `dist/cjs` as CommonJS only where a package.json there sets it.
  writeFileSync(join(root, folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
  for (const page of ['LICENSE', 'CHANGELOG.md']) copyFileSync(join(root, page), join(root, folder, page));
}

/** A source that was renamed leaves its old output behind, which is not to be published. */
function removeStrays(folder, build) {
  for (const output of readdirSync(join(root, folder, build), { recursive: true })) {
    if (!/\.(js|d\.ts)(\.map)?$/.test(output)) continue;
    const source = output.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    if (!existsSync(join(root, folder, 'src', source))) rmSync(join(root, folder, build, output));
  }
}
