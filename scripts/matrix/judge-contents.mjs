import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { run } from './run.mjs';

const NEEDED = ['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/cjs/package.json'];
const FIELDS = ['description', 'keywords', 'license', 'engines', 'publishConfig', 'types', 'typesVersions'];

/** @throws with everything that is wrong with what a tarball holds */
export async function judgeContents(library, tarball) {
  const folder = await mkdtemp(join(tmpdir(), 'rookery-contents-'));
  try {
    const files = await unpack(tarball, folder);
    const manifest = JSON.parse(await readFile(join(folder, 'package/package.json'), 'utf8'));
    const complaints = [
      ...NEEDED.filter((file) => !files.has(file)).map((file) => `holds no ${file}`),
      ...FIELDS.filter((field) => manifest[field] === undefined).map((field) => `package.json has no ${field}`),
      ...[...files]
        .filter((file) => /\.(spec|tst)\.|tsbuildinfo/.test(file))
        .map((file) => `ships ${file}, which is for its own tests`),
      ...(await missingSources(folder, files)),
      ...(await brokenLinks(folder, files)),
    ];
    if (complaints.length > 0) throw new Error(`${manifest.name} (${library}):\n  - ${complaints.join('\n  - ')}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function unpack(tarball, folder) {
  await run('tar', ['xzf', tarball, '-C', folder]);
  const listed = await run('tar', ['tzf', tarball]);
  return new Set(
    listed
      .split('\n')
      .filter(Boolean)
      .map((path) => path.replace('package/', '')),
  );
}

/** Source maps and declaration maps lead to files that are there. */
async function missingSources(folder, files) {
  const missing = new Set();
  for (const file of files) {
    if (!file.endsWith('.map')) continue;
    const { sources } = JSON.parse(await readFile(join(folder, 'package', file), 'utf8'));
    for (const source of sources) {
      const target = normalize(join(dirname(file), source));
      if (!files.has(target)) missing.add(`${file} points to ${target}, which is not there`);
    }
  }
  return missing;
}

/** What a page links inside the package is there; what it links outside of it is an address. */
async function brokenLinks(folder, files) {
  const broken = [];
  for (const page of [...files].filter((file) => /^(docs\/)?[^/]+\.md$/.test(file) && file !== 'CHANGELOG.md')) {
    const text = await readFile(join(folder, 'package', page), 'utf8');
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:|#)/.test(link)) continue;
      const target = normalize(join(dirname(page), link.split('#')[0]));
      if (!files.has(target)) broken.push(`${page} links ${link}, which is not in the package`);
    }
  }
  return broken;
}
