import { fileURLToPath } from 'node:url';

/** The arguments of `node` that run a file beside this one: from `src` as TypeScript, whose types Node strips, or from `dist`. */
export function nodeScript(name: string): string[] {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url))];
}
