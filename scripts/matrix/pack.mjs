// Packs the libraries as they would be published.
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

const root = join(import.meta.dirname, '../..');

/**
 * @param folder where the tarballs go
 * @param builds false where `dist` is fresh already: nothing is built again
 * @returns the manifest of each library, with `tarball`, `packed` (paths) and `bytes`
 */
export async function packLibraries(folder, { builds = false } = {}) {
  const names = globSync('libs/*/package.json', { cwd: root }).map((manifest) => manifest.split('/')[1]);
  const libraries = [];
  for (const name of names) libraries.push(await pack(name, folder, builds));
  return libraries;
}

async function pack(name, folder, builds) {
  const cwd = join(root, 'libs', name);
  const scripts = builds ? [] : ['--ignore-scripts'];
  const printed = await run(
    'npm',
    ['pack', '--json', '--foreground-scripts=false', ...scripts, '--pack-destination', folder],
    { cwd },
  );
  const [packed] = Object.values(JSON.parse(printed)); // A list, or since npm 12 an object by name.
  const manifest = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'));
  return {
    ...manifest,
    folder: cwd,
    tarball: join(folder, packed.filename),
    packed: packed.files.map(({ path }) => path),
    bytes: packed.size,
  };
}

/** What can be imported of a library: `@rookery/herd`, `@rookery/herd/redis`, … */
export const entryPoints = (library) =>
  Object.keys(library.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => path.replace(/^\./, library.name));
