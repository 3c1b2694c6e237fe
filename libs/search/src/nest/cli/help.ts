import { COMMAND_OPTIONS } from './command-options.js';
import type { Command } from './command.js';

const ARGUMENT = { none: '', optional: ' [index]', required: ' <index>' } as const;

/** What `search --help` prints: every command with its options, or the one that is named. */
export function helpText(commands: Readonly<Record<string, Command>>, only?: string): string {
  const shown = Object.entries(commands).filter(
    ([name]) => only === undefined || !Object.hasOwn(commands, only) || name === only,
  );
  const lines = shown.flatMap(([name, { description, index, options }]) => [
    `  ${`${name}${ARGUMENT[index]}`.padEnd(20)} ${description}`,
    ...options.map((option) => {
      const { flag, value, description: meaning } = COMMAND_OPTIONS[option];
      return `    ${`--${flag}${value === undefined ? '' : ` <${value}>`}`.padEnd(26)} ${meaning}`;
    }),
  ]);
  return [
    'usage: search <command> [index] [options]',
    '',
    ...lines,
    '',
    'Exits with 0 when it is done, 1 when something was found or failed, 2 when it was not confirmed.',
  ].join('\n');
}
