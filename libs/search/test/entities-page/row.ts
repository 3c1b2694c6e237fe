import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A row of the page. */
export type Verdict = 'followed' | 'refused' | 'set aside' | 'not followed';

/** How a row of the page is proved. */
export type Proof =
  /** A start with these entities complains in these words. */
  | Readonly<{ verdict: 'refused'; entities: readonly unknown[]; complaint: string }>
  /** Kinds of the matrix in `test/values/kinds.ts`, which runs on real servers in every place. */
  | Readonly<{ verdict: 'followed'; kinds: readonly string[] }>
  /**
   * Tests of a spec below `test/`: those whose name holds `test`. What is followed or set aside has one in each strategy,
   * by their names, or in those that are listed.
   */
  | Readonly<{ verdict: Verdict; spec: string; test: string; strategies?: readonly Strategy[] }>;

export const STRATEGIES = ['outbox', 'after-commit'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** By the first column of the page. A further row: a line there, and one in a file of `rows/`. */
export type Rows = Readonly<Record<string, Proof>>;

const PAGE = join(import.meta.dirname, '../../docs/entities.md');
const LINE = /^\| (.+?) \| (followed|refused|set aside|not followed) \| (.+) \|$/;

export interface PageRow {
  readonly construct: string;
  readonly verdict: string;
  readonly remedy: string;
}

/** Every row of every table of the page. */
export function pageRows(): readonly PageRow[] {
  const lines = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Construct |'));
  return lines.map((line) => {
    const [, construct, verdict, remedy] = LINE.exec(line) ?? [];
    if (!construct || !verdict || !remedy) throw new Error(`docs/entities.md: no row of three columns: ${line}`);
    return { construct, verdict, remedy };
  });
}

export function testText(file: string): string {
  return readFileSync(join(import.meta.dirname, '..', file), 'utf8');
}
