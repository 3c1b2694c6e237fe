import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RoomMigration } from '../room-state.js';

/** A word that no address has, and one that several have: the new mapping lets one find the other. */
const SYNONYMS = 'corsair, pirate';
const INDEX = 'passages';
const MAX_LINES = 12;

/** Changes the mapping by the commands of a new release, as another process beside the one that serves, and back again. */
export class MigrationRunner {
  #state: RoomMigration['state'] = 'idle';
  #lines: string[] = [];
  #child: ChildProcess | undefined;

  constructor(
    private readonly command: readonly [string, ...string[]],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  get state(): RoomMigration {
    return { state: this.#state, lines: this.#lines };
  }

  /** Builds the new index beside the old one, and swaps them. @returns false where one is under way, or done. */
  migrate(): boolean {
    if (this.#state !== 'idle') return false;
    this.#run('migrating', ['migrate', INDEX], SYNONYMS, 'migrated', 'idle');
    return true;
  }

  /** Back to the old index, which has followed all along. @returns false where there is nothing to roll back. */
  rollBack(): boolean {
    if (this.#state !== 'migrated') return false;
    this.#run('rolling-back', ['rollback', INDEX, '--yes'], '', 'idle', 'migrated');
    return true;
  }

  /** A migration that is cut off here is resumed or rolled back by the next start. */
  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  #run(
    during: RoomMigration['state'],
    args: readonly string[],
    synonyms: string,
    done: RoomMigration['state'],
    failed: RoomMigration['state'],
  ): void {
    const [file, ...first] = this.command;
    this.#state = during;
    this.#lines = [];
    const child = spawn(file, [...first, ...args], {
      env: { ...process.env, ...this.env, DEMO_SYNONYMS: synonyms },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#print(line));
    child.once('error', (error) => {
      this.#print(error.message);
      this.#state = failed;
    });
    child.once('close', (code) => {
      if (code !== 0) this.#print(`It ended with ${code ?? 'a signal'}.`);
      this.#state = code === 0 ? done : failed;
      this.#child = undefined;
    });
  }

  #print(line: string): void {
    if (line.trim() !== '') this.#lines = [...this.#lines, line].slice(-MAX_LINES);
  }
}
