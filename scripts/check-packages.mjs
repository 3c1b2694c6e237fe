// Packs every library, judges each tarball, and uses them all in fresh Nest applications, as users would.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installs } from './matrix/combinations.mjs';
import { judgeContents } from './matrix/judge-contents.mjs';
import { entryPoints, packLibraries } from './matrix/pack.mjs';
import { prove } from './matrix/prove.mjs';
import { proveInstrumented } from './matrix/prove-instrumented.mjs';
import { proveBothBuilds, proveLibrariesAlone } from './matrix/prove-loading.mjs';
import { run } from './matrix/run.mjs';
import { startServers } from './matrix/servers.mjs';

const root = join(import.meta.dirname, '..');
const folder = await mkdtemp(join(tmpdir(), 'rookery-packages-'));
let servers;

async function lint({ tarball, folder }) {
  await judgeContents(folder, tarball);
  await run('publint', ['run', '--strict', tarball], { cwd: root });
  await run('attw', [tarball, '--format', 'ascii', '--no-color', '--no-emoji'], { cwd: root });
}

try {
  const libraries = await packLibraries(folder);
  for (const { name, version, packed, bytes } of libraries)
    console.log(`packed ${name} ${version}: ${packed.length} files, ${(bytes / 1024).toFixed(0)} kB`);
  const settled = await Promise.allSettled(libraries.map(lint));
  const complaints = settled.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  console.log('contents, publint and attw (every mode of resolution): nothing to complain of');

  await proveLibrariesAlone(join(folder, 'alone'), libraries);
  console.log(`${libraries.length} libraries load without their optional peers, by import and by require`);
  servers = await startServers();
  const short = installs
    .map((install) => ({ ...install, runs: install.runs.filter((row) => row.short) }))
    .filter(({ runs }) => runs.length > 0);
  const results = await prove(folder, short, libraries, servers.addresses);
  if (results.some(({ failure }) => failure)) throw new Error('an application does not work with the packed libraries');
  console.log((await proveBothBuilds(join(folder, short[0].name), libraries.flatMap(entryPoints))).trim());
  console.log((await proveInstrumented(join(folder, short.at(-1).name), servers.addresses)).trim());
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await servers?.stop();
  await rm(folder, { recursive: true, force: true });
}
