import { globSync, readFileSync } from 'node:fs';

const LIBRARY = new URL('../../', import.meta.url);

/** A command that a text names, such as `search migrate ${alias}`. */
export interface Recommended {
  readonly file: string;
  /** Without `search`; each `${…}` is the name of an index. */
  readonly line: readonly string[];
}

function commandsOf(file: string, index: string): Recommended[] {
  const text = readFileSync(new URL(file, LIBRARY), 'utf8');
  const quoted = text.matchAll(/\\?`search ([a-z][a-z-]*(?: [^`\\|…]*)?)\\?`/g);
  return [...quoted].map(([, command]) => ({
    file,
    line: command!
      .trim()
      .replaceAll(/\$\{[^}]*\}|<index>|passages|books/g, index)
      .replaceAll("'", '')
      .split(' '),
  }));
}

const files = (pattern: string): string[] =>
  globSync(pattern, { cwd: LIBRARY }).filter((file) => !file.includes('node_modules'));

/** Whatever the library recommends to run: messages and comments alike, so that none escapes. */
export function recommendedInSources(index: string): Recommended[] {
  return files('src/**/*.ts')
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) => commandsOf(file, index));
}

export function recommendedInDocs(index: string): Recommended[] {
  return files('**/*.md').flatMap((file) => commandsOf(file, index));
}

/** Options of the command line that messages name: `--max-unbuildable`. */
export function flagsInMessages(): string[] {
  return files('src/**/*.ts')
    .filter((file) => !file.endsWith('.spec.ts') && !file.includes('/cli/'))
    .flatMap((file) =>
      [...readFileSync(new URL(file, LIBRARY), 'utf8').matchAll(/--([a-z][a-z-]+)/g)].map(([, flag]) => flag!),
    );
}

/** Commands that stand without the quotes by which the others are found. */
export function unquotedInSources(names: readonly string[]): string[] {
  const unquoted = new RegExp(`(?<![\`.])\\bsearch (${names.join('|')})\\b`);
  return files('src/**/*.ts').filter((file) => unquoted.test(readFileSync(new URL(file, LIBRARY), 'utf8')));
}
