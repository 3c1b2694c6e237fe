import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname, join } from 'node:path';

/** Compiled, or as source where this runs from source. */
const SCRIPT = join(import.meta.dirname, `../search${extname(import.meta.filename)}`);

/** `npm run search -- …` of one release: the one whose mapping has these synonyms. */
export class SearchCommand {
  constructor(private readonly synonyms: string | undefined) {}

  /** Prints the command and what it prints. @throws when it fails. */
  async run(...args: string[]): Promise<void> {
    const child = this.#spawn(args);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`search ${args.join(' ')} ended with ${code}`);
  }

  /** The command in the background. @returns ends it. */
  start(...args: string[]): () => Promise<void> {
    const child = this.#spawn(args);
    const ended = once(child, 'exit');
    return async () => {
      child.kill('SIGTERM');
      await ended;
    };
  }

  #spawn(args: readonly string[]): ChildProcess {
    const release = this.synonyms === undefined ? '' : `DEMO_SYNONYMS='${this.synonyms}' `;
    console.log(`\n$ ${release}npm run search -- ${args.join(' ')}`);
    const env = { ...process.env, DEMO_SYNONYMS: this.synonyms ?? '' };
    return spawn(process.execPath, [...process.execArgv, SCRIPT, ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
}
