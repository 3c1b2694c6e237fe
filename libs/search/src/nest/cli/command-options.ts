import { aVerifyMode, type VerifyMode } from '../../migration/verify-mode.js';
import { aRowScope } from '../../rows/row-scope.js';
import type { OptionProblems } from '../../support/option-problems.js';

export interface CommandOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly redrive?: boolean;
  /** Documents per second. */
  readonly maxRate?: number;
  /** Milliseconds. */
  readonly maxLag?: number;
  /** Rows. */
  readonly maxUnbuildable?: number;
  readonly verify?: VerifyMode;
  /** Conditions on rows. */
  readonly where?: Readonly<Record<string, unknown>>;
}

export type CommandOptionName = keyof CommandOptions;

interface CommandOption {
  readonly flag: string;
  /** What stands for its value in the help; a switch has none. */
  readonly value?: string;
  readonly description: string;
  /** Reads what was written, and judges it. A number when absent. */
  readonly read?: (written: string) => unknown;
  readonly accepts?: (value: never) => boolean;
  readonly requirement?: string;
}

export const COMMAND_OPTIONS: Readonly<Record<CommandOptionName, CommandOption>> = {
  json: { flag: 'json', description: 'one JSON object per line' },
  yes: { flag: 'yes', description: 'do not ask' },
  check: { flag: 'check', description: 'exit with 1 when there is something' },
  dryRun: { flag: 'dry-run', description: 'only show the plan' },
  redrive: { flag: 'redrive', description: 'give them another try' },
  maxRate: {
    flag: 'max-rate',
    value: 'documents',
    description: 'documents per second at most',
    accepts: (value: number) => value > 0 && value < Infinity,
    requirement: 'must be a number above 0',
  },
  maxUnbuildable: {
    flag: 'max-unbuildable',
    value: 'rows',
    description: 'rows without a document that the new index may lack',
    accepts: (value: number) => Number.isSafeInteger(value) && value >= 0,
    requirement: 'must be a whole number of 0 or more',
  },
  verify: {
    flag: 'verify',
    value: 'what',
    description: "what is compared before the swap: 'ids', 'contents' or 'sample:1000'",
    read: (written) => written,
    accepts: aVerifyMode.accepts,
    requirement: aVerifyMode.requirement,
  },
  where: {
    flag: 'where',
    value: 'json',
    description: 'only rows of these conditions, such as \'{"tenant":7}\'',
    read: parsed,
    accepts: aRowScope.accepts,
    requirement: `must be JSON: ${aRowScope.requirement.replace('must be ', '')}`,
  },
  maxLag: {
    flag: 'max-lag',
    value: 'ms',
    description: 'exit with 1 when the oldest change waits for longer',
    accepts: (value: number) => value >= 0,
    requirement: 'must be a number of milliseconds, 0 or more',
  },
};

/** The value of an option as it is written, checked: a switch is true. */
export function valueOf(name: CommandOptionName, written: string | boolean, problems: OptionProblems): unknown {
  const { flag, accepts, read = numberOf, requirement = '' } = COMMAND_OPTIONS[name];
  if (accepts === undefined) return true;
  const value = read(String(written));
  problems.check(accepts(value as never), `--${flag}`, written, requirement);
  return value;
}

function numberOf(written: string): number {
  return written === '' ? Number.NaN : Number(written);
}

function parsed(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return undefined;
  }
}
