// What must hold before a release: npm run check:release [-- --write]
// `repository`, `bugs` and `homepage` of each package follow from the one `repository` of the root manifest; `--write` writes them.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const root = join(import.meta.dirname, '..');
const writes = process.argv.includes('--write');
const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const complaints = [];

const { repository } = readJson('package.json');
const manifests = globSync('libs/*/package.json', { cwd: root });
if (!/^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository ?? ''))
  complaints.push(
    `repository of package.json must be the address of the repository, such as https://github.com/owner/rookery (got ${repository}): ` +
      'set it, then run npm run check:release -- --write',
  );
else manifests.forEach(checkAddresses);

checkVersions(manifests.map((file) => [file, readJson(file).version]));
checkChangelog(readJson(manifests[0]).version);

for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${manifests.length} packages can be released`);

function checkAddresses(file) {
  const manifest = readJson(file);
  const directory = file.replace('/package.json', '');
  const address = repository.replace(/\.git$/, '');
  const wanted = {
    homepage: `${address}/tree/main/${directory}#readme`,
    bugs: { url: `${address}/issues` },
    repository: { type: 'git', url: `git+${address}.git`, directory },
  };
  const wrong = Object.keys(wanted).filter((field) => !isDeepStrictEqual(manifest[field], wanted[field]));
  if (wrong.length === 0) return;
  if (writes) writeFileSync(join(root, file), `${JSON.stringify({ ...manifest, ...wanted }, undefined, 2)}\n`);
  else
    complaints.push(
      `${file}: ${wrong.join(', ')} must follow from the root manifest: run npm run check:release -- --write`,
    );
}

function checkVersions(versions) {
  if (new Set(versions.map(([, version]) => version)).size > 1)
    complaints.push(`the libraries must have one version (got ${versions.map((pair) => pair.join(' ')).join(', ')})`);
}

function checkChangelog(version) {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  if (!changelog.includes(`\n## ${version}`))
    complaints.push(`CHANGELOG.md must have a section "## ${version}" (got none): what is under Unreleased goes there`);
}
