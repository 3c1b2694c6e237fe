// Runs the benchmarks of a library, one after the other: npm run bench -- herd [name] [arguments]
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const benches = new URL('../benches/', import.meta.url);
const entries = (url) => readdirSync(url, { withFileTypes: true });
const libraries = entries(benches)
  .filter((entry) => entry.isDirectory() && entry.name !== 'dist')
  .map(({ name }) => name);

const [library, name, ...args] = process.argv.slice(2);
if (!libraries.includes(library))
  fail(`No benchmarks of ${JSON.stringify(library)}. Say one of: ${libraries.join(', ')}`);

const suffix = '.bench.ts';
const names = entries(new URL(`${library}/`, benches))
  .filter((entry) => entry.name.endsWith(suffix))
  .map((entry) => entry.name.slice(0, -suffix.length));
if (name !== undefined && !names.includes(name))
  fail(`No benchmark ${JSON.stringify(name)} of ${library}. Say one of: ${names.join(', ')}`);

for (const bench of name === undefined ? names : [name]) {
  console.log(`\n## ${library}/${bench}\n`);
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', `benches/dist/${library}/${bench}.bench.js`, ...args],
    { stdio: 'inherit', cwd: new URL('..', import.meta.url) },
  );
  if (status !== 0) process.exitCode = 1;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
