/**
 * Breaks the folder rule on purpose, in a temporary tree, and fails unless each violation is caught by the rule that forbids
 * it, nothing else is complained of, and each sentence of ARCHITECTURE.md with "never" or "only" has its violation.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { createRequire } from 'node:module';
import { TARGETS, VIOLATIONS } from './folder-violations/index.mjs';

const { LIBRARIES } = createRequire(import.meta.url)('./folder-order.cjs');
const project = join(import.meta.dirname, '..');
const program = (path) => join(project, 'node_modules', path);

const tree = mkdtempSync(join(tmpdir(), 'rookery-folder-rule-'));
try {
  build();
  const caught = new Set([...importsForbidden(), ...syntaxForbidden()]);
  const missed = VIOLATIONS.filter(({ file, rule }) => !caught.has(`${file} ${rule}`));
  const innocent = [...caught].filter((one) => Object.keys(TARGETS).some((file) => isInnocent(file, one)));
  for (const violation of VIOLATIONS) if (!missed.includes(violation)) console.log(`caught  ${lineOf(violation)}`);
  report('These violations were not caught', missed.map(lineOf));
  report('These were caught though nothing is wrong with them', innocent);
  report('These sentences of ARCHITECTURE.md have no violation that proves them', unproved());
  if (!process.exitCode) console.log(`All ${VIOLATIONS.length} deliberate violations are caught.`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}

function build() {
  const files = { ...TARGETS, ...Object.fromEntries(VIOLATIONS.map(({ file, text }) => [file, text])) };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), text);
  }
  const settings = ['.dependency-cruiser.cjs', 'eslint.folders.js', 'scripts/folder-order.cjs', 'tsconfig.json'];
  mkdirSync(join(tree, 'scripts'));
  for (const file of [...settings, 'package.json']) cpSync(join(project, file), join(tree, file));
  linkPackages();
}

/** The packages of the project, and the tree's own libraries by their names. */
function linkPackages() {
  mkdirSync(join(tree, 'node_modules/@rookery'), { recursive: true });
  const link = (from, name) => symlinkSync(from, join(tree, 'node_modules', name));
  for (const name of readdirSync(program('.')).filter((one) => one !== '@rookery')) link(program(name), name);
  for (const library of Object.keys(LIBRARIES)) {
    cpSync(join(project, 'libs', library, 'package.json'), join(tree, 'libs', library, 'package.json'));
    link(join(tree, 'libs', library), `@rookery/${library}`);
  }
}

/** @returns `file rule` of each import that dependency-cruiser complains of. */
function importsForbidden() {
  const { summary } = run('dependency-cruiser/bin/dependency-cruiser.mjs', ['libs', '--output-type', 'json']);
  return summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
}

/** @returns `file rule` of each line that ESLint complains of. */
function syntaxForbidden() {
  const results = run('eslint/bin/eslint.js', ['libs', '--config', 'eslint.folders.js', '--format', 'json']);
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId }) => `${relative(tree, filePath)} ${ruleId}`),
  );
}

function run(path, args) {
  const options = { cwd: tree, encoding: 'utf8', maxBuffer: 2 ** 26 };
  const { stdout, stderr } = spawnSync(process.execPath, [program(path), ...args], options);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The other half of the circle is rightly named with it. */
function isInnocent(file, complaint) {
  return complaint.startsWith(`${file} `) && !complaint.endsWith(' no-circular');
}

function unproved() {
  const text = readFileSync(join(project, 'ARCHITECTURE.md'), 'utf8').replaceAll(/```[^]*?```|type-only/g, '');
  const sentences = text.split(/\.\s|\n\n|^- |\|/m).map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim());
  return sentences
    .filter((sentence) => /\b(never|only)\b/i.test(sentence))
    .filter((sentence) => !VIOLATIONS.some((violation) => sentence.startsWith(violation.sentence)));
}

function lineOf({ file, what, rule }) {
  return `${file}: ${what} (${rule})`;
}

function report(title, lines) {
  if (lines.length === 0) return;
  console.error([`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'));
  process.exitCode = 1;
}
