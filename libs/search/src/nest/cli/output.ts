import { createInterface } from 'node:readline/promises';
import type { MigrationProgress } from '../../migration/progress.js';

const BAR_WIDTH = 24;
const LINE_EVERY_MS = 2_000;

/** Writes for people, or one JSON object per line for programs. */
export class Output {
  private lastLineAt = -Infinity;
  private drawn = false;

  constructor(private readonly json: boolean) {}

  say(text: string, data: object): void {
    this.endBar();
    process.stdout.write(this.json ? `${JSON.stringify(data)}\n` : `${text}\n`);
  }

  progress(progress: MigrationProgress, now: number = performance.now()): void {
    const last = progress.done >= progress.total;
    if (!process.stdout.isTTY || this.json) {
      if (!last && now - this.lastLineAt < LINE_EVERY_MS) return;
      this.lastLineAt = now;
      return this.say(lineOf(progress), progress);
    }
    process.stdout.write(`\r${barOf(progress)}\x1b[K`);
    this.drawn = true;
  }

  endBar(): void {
    if (this.drawn) process.stdout.write('\n');
    this.drawn = false;
  }
}

export function lineOf({ alias, phase, done, total, ratePerSecond, remainingMs }: MigrationProgress): string {
  if (phase === 'swapped' || phase === 'finished') return `${alias}: ${phase}`; // Nothing goes on any more.
  const left = remainingMs === undefined || done >= total ? '' : `, ${Math.ceil(remainingMs / 1000)} s left`;
  return `${alias}: ${phase} ${done}/${total}, ${Math.round(ratePerSecond)}/s${left}`;
}

function barOf(progress: MigrationProgress): string {
  const share = progress.total === 0 ? 1 : Math.min(1, progress.done / progress.total);
  const full = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${lineOf(progress)}`;
}

/** @returns false when the answer is no, or nobody is there to ask. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write(`${question} Pass --yes to confirm.\n`);
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await lines.question(`${question} [y/N] `));
  } finally {
    lines.close();
  }
}
