// Every link of the documentation leads somewhere, and every block of TypeScript in it compiles: npm run check:docs [-- PAGE...]
// Names that a block leaves out are imported from where they are exported; those that the reader owns (`cache`, `request`) may be
// anything. `…` stands for what is left out.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { complaintsOf } from './docs/code-blocks.mjs';
import { brokenLinks } from './docs/links.mjs';

const root = join(import.meta.dirname, '..');
const named = process.argv.slice(2);
const pages =
  named.length > 0
    ? named
    : globSync(['*.md', '{docs,.changeset}/*.md', '{libs,apps,tools}/*/*.md', '{libs,apps,tools}/*/docs/*.md'], {
        cwd: root,
      });
const complaints = [];
let blocks = 0;

for (const page of pages.filter((path) => !path.endsWith('CHANGELOG.md')).sort()) {
  const text = readFileSync(join(root, page), 'utf8');
  complaints.push(
    ...brokenLinks(
      text,
      (link) => existsSync(join(root, dirname(page), link)),
      (link) => readFileSync(join(root, dirname(page), link), 'utf8'),
    ).map((link) => `${page}: ${link}`),
  );
  const judged = complaintsOf(root, page, text);
  blocks += judged.blocks;
  complaints.push(...judged.complaints);
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${pages.length} pages: every link leads somewhere, and ${blocks} blocks of TypeScript compile`);
