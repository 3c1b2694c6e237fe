import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The arguments of `node` that run a file beside this one. From `src` that is the built one where it is as new, which starts in a
 * third of the time, else the TypeScript, whose types Node strips.
 */
export function nodeScript(name: string): string[] {
  const inSource = import.meta.url.endsWith('.ts');
  const source = fileURLToPath(new URL(`./${name}.${inSource ? 'ts' : 'js'}`, import.meta.url));
  const built = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
  return ['--disable-warning=ExperimentalWarning', inSource && isAsNew(built, source) ? built : source];
}

function isAsNew(built: string, source: string): boolean {
  const at = statSync(built, { throwIfNoEntry: false })?.mtimeMs;
  return at !== undefined && at >= statSync(source).mtimeMs;
}
