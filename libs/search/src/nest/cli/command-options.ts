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
}

export type CommandOptionName = keyof CommandOptions;

interface CommandOption {
  readonly flag: string;
  /** What stands for its value in the help; a switch has none. */
  readonly value?: string;
  readonly description: string;
  readonly accepts?: (value: number) => boolean;
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
    accepts: (value) => value > 0 && value < Infinity,
    requirement: 'must be a number above 0',
  },
  maxLag: {
    flag: 'max-lag',
    value: 'ms',
    description: 'exit with 1 when the oldest change waits for longer',
    accepts: (value) => value >= 0,
    requirement: 'must be a number of milliseconds, 0 or more',
  },
};

/** The value of an option as it is written, checked: a switch is true, all others are numbers. */
export function valueOf(
  name: CommandOptionName,
  written: string | boolean,
  problems: OptionProblems,
): number | boolean {
  const { flag, accepts, requirement = '' } = COMMAND_OPTIONS[name];
  if (accepts === undefined) return true;
  const value = written === '' ? Number.NaN : Number(written);
  problems.check(accepts(value), `--${flag}`, written, requirement);
  return value;
}
