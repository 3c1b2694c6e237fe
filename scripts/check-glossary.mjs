// Fails where docs/glossary.md lacks a folder of a library, or a class or function that an API report in etc/ lists.
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { LIBRARIES, orderOf } = createRequire(import.meta.url)('./folder-order.cjs');
const root = join(import.meta.dirname, '..');
const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8');
const has = (term) => new RegExp(`\\b${term}\\b`).test(glossary);

const declared = /^export (?:declare )?(?:abstract class|class|function) (\w+)/gm;
const exported = globSync('etc/*/*.api.md', { cwd: root }).flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(declared)].map(([, name]) => ({ name, where: file })),
);
const folders = Object.keys(LIBRARIES).flatMap((library) =>
  orderOf(library).map((name) => ({ name, where: `libs/${library}/src/${name}/` })),
);

const missing = [...exported, ...folders].filter(({ name }) => !has(name));
for (const { name, where } of missing) console.error(`docs/glossary.md has no row for ${name} (${where})`);
if (missing.length > 0) process.exitCode = 1;
else console.log(`The glossary has each of ${exported.length} exported classes and functions, and each folder.`);
