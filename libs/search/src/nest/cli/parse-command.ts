import { parseArgs } from 'node:util';
import { nearestName } from '../../support/nearest-name.js';
import { OptionProblems } from '../../support/option-problems.js';
import { COMMAND_OPTIONS, valueOf, type CommandOptionName, type CommandOptions } from './command-options.js';
import type { Command } from './command.js';

/** What was typed: a command with what it needs, or a wish for help. */
export type ParsedCommand =
  | { readonly kind: 'help'; readonly command: string | undefined }
  | {
      readonly kind: 'run';
      readonly name: string;
      readonly index: string | undefined;
      readonly options: CommandOptions;
    };

type Commands = Readonly<Record<string, Command>>;

/** Names that commands had before. */
const FORMER_NAMES: ReadonlyMap<string, string> = new Map([['parked', 'dead-letters']]);

/**
 * Reads a command line, such as `['migrate', 'books', '--max-rate', '2000']`.
 *
 * @throws SearchOptionError with all that is wrong with it: nothing is run then
 */
export function parseCommand(line: readonly string[], commands: Commands): ParsedCommand {
  const { positionals, tokens } = parseArgs({
    args: [...line],
    options: {
      ...Object.fromEntries(
        Object.values(COMMAND_OPTIONS).map(({ flag, value }) => [
          flag,
          { type: value ? 'string' : 'boolean' } as const,
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const [typed, ...rest] = positionals;
  const first = typed === undefined ? undefined : (FORMER_NAMES.get(typed) ?? typed);
  const given = tokens.filter((token) => token.kind === 'option');
  if (first === undefined || first === 'help' || given.some(({ name }) => name === 'help'))
    return { kind: 'help', command: first === 'help' ? rest[0] : first };

  const problems = new OptionProblems();
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (command === undefined) {
    const nearest = nearestName(first, Object.keys(commands));
    const remedy = nearest === undefined ? `one of ${Object.keys(commands).join(', ')}` : `${nearest}?`;
    problems.check(
      false,
      'the command',
      first,
      nearest === undefined ? `must be ${remedy}` : `is unknown; did you mean ${remedy}`,
    );
    problems.throwIfAny();
  }
  const { index, options: known } = command!;
  const [name, ...more] = rest;
  problems.check(
    more.length === 0,
    first,
    more.join(' '),
    `accepts ${index === 'none' ? 'no index' : 'one index'}: name no more`,
  );
  if (index === 'none') problems.check(name === undefined, first, name, 'accepts no index');
  if (index === 'required') problems.check(name !== undefined, first, name, 'needs the name of an index');
  const options = optionsOf(given, known, problems);
  if (options.where !== undefined)
    problems.check(
      name !== undefined,
      `${first} --where`,
      undefined,
      'needs the name of an index, whose rows it is about',
    );
  problems.throwIfAny();
  return { kind: 'run', name: first, index: name, options };
}

interface GivenOption {
  readonly rawName: string;
  readonly name: string;
  readonly value?: string | undefined;
}

function optionsOf(
  given: readonly GivenOption[],
  known: readonly CommandOptionName[],
  problems: OptionProblems,
): CommandOptions {
  const options: Partial<Record<CommandOptionName, unknown>> = {};
  for (const { name, rawName, value } of given) {
    const key = known.find((candidate) => COMMAND_OPTIONS[candidate].flag === name);
    if (key === undefined) {
      const flags = known.map((candidate) => COMMAND_OPTIONS[candidate].flag);
      const nearest = nearestName(name, flags);
      const remedy =
        nearest !== undefined
          ? `did you mean --${nearest}?`
          : flags.length === 0
            ? 'it has none'
            : `the options are ${flags.map((flag) => `--${flag}`).join(', ')}`;
      problems.check(false, rawName, value ?? true, `is not an option of this command; ${remedy}`);
      continue;
    }
    const isSwitch = COMMAND_OPTIONS[key].value === undefined;
    problems.check(isSwitch === (value === undefined), rawName, value, isSwitch ? 'accepts no value' : 'needs a value');
    if (isSwitch || value !== undefined) options[key] = valueOf(key, value ?? true, problems);
  }
  return options as CommandOptions; // `valueOf` gives each the type that it has.
}
