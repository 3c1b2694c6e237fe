// Proves the packages in the stacks that they are made for: npm run prove:matrix [-- NAME...] [-- --write]
// NAME is that of an install in scripts/matrix/combinations.mjs; `--write` renews the table of docs/compatibility.md.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installs, nodes, ormVersions } from './matrix/combinations.mjs';
import { packLibraries } from './matrix/pack.mjs';
import { proveInstallers } from './matrix/prove-installers.mjs';
import { prove } from './matrix/prove.mjs';
import { startServers } from './matrix/servers.mjs';
import { tableOf } from './matrix/table.mjs';

const PAGE = join(import.meta.dirname, '../docs/compatibility.md');
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !installs.some((install) => install.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no install ${unknown.join(', ')}: name one of ${installs.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'rookery-matrix-'));
const servers = await startServers();
try {
  const libraries = await packLibraries(folder, { builds: true });
  const chosen = installs.filter(({ name }) => named.length === 0 || named.includes(name));
  const results = await prove(folder, chosen, libraries, servers.addresses);
  if (named.length === 0) await proveInstallers(folder, libraries);
  const failed = results.filter(({ failure }) => failure);
  console.log(`${results.length - failed.length} of ${results.length} combinations passed`);
  if (failed.length > 0) process.exitCode = 1;
  else if (process.argv.includes('--write') && named.length === 0)
    await renew(tableOf(results, { nodes, ormVersions }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
}

async function renew(table) {
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split('<!-- matrix -->\n');
  const [, after] = rest.split('<!-- /matrix -->');
  await writeFile(PAGE, `${before}<!-- matrix -->\n\n${table}\n\n<!-- /matrix -->${after}`);
}
