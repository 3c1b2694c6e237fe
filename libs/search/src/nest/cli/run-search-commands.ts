import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SearchOptionError } from '../../errors/option-error.js';
import { SearchService, type IndexedEntity } from '../../service/search.service.js';
import { runAsCommandLine } from '../run-mode.js';
import { getSearchToken } from '../tokens.js';
import { EXIT, type Command } from './command.js';
import { helpText } from './help.js';
import { MIGRATION_COMMANDS } from './migration.commands.js';
import { OPERATION_COMMANDS } from './operation.commands.js';
import { confirm, Output } from './output.js';
import { parseCommand, type ParsedCommand } from './parse-command.js';

const { plan, migrate, rollback, finish, prune } = MIGRATION_COMMANDS;
const COMMANDS: Readonly<Record<string, Command>> = { plan, migrate, ...OPERATION_COMMANDS, rollback, finish, prune };

/**
 * Runs the command of `line` in an application: `plan | migrate | status | verify | repair | relay | dead-letters | rollback |
 * finish | prune`; `--help` lists them. The application is built but relays nothing and checks no index by itself. A failure is
 * written to stderr and sets the exit code. A line that is wrong is refused before the application is built.
 *
 * @param line `process.argv` without the program and its file, when absent
 * @example
 * // search.ts
 * await runSearchCommands(AppModule);
 */
export async function runSearchCommands(
  application: Type | DynamicModule,
  line: readonly string[] = process.argv.slice(2),
): Promise<void> {
  try {
    const parsed = parseCommand(line, COMMANDS);
    if (parsed.kind === 'help') process.stdout.write(`${helpText(COMMANDS, parsed.command)}\n`);
    else process.exitCode = await runIn(application, parsed);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = EXIT.found;
  }
}

/**
 * Runs one command with a search that is there already, for an application that has a command line of its own.
 *
 * @returns its exit code: 0 done, 1 something was found, 2 not confirmed
 * @throws SearchOptionError where the line is wrong; what the command throws
 * @example process.exitCode = await runSearchCommand(app.get(SearchService), ['verify', 'books']);
 */
export async function runSearchCommand(search: SearchService, line: readonly string[]): Promise<number> {
  const parsed = parseCommand(line, COMMANDS);
  if (parsed.kind === 'run') return run(search, parsed);
  process.stdout.write(`${helpText(COMMANDS, parsed.command)}\n`);
  return EXIT.done;
}

type Run = Extract<ParsedCommand, { kind: 'run' }>;

async function runIn(application: Type | DynamicModule, parsed: Run): Promise<number> {
  runAsCommandLine();
  const root: DynamicModule = { module: SearchCommandLine, imports: [application] };
  const context = await NestFactory.createApplicationContext(root, { logger: ['error', 'warn'], abortOnError: false });
  try {
    return await run(context.get<SearchService>(getSearchToken(), { strict: false }), parsed);
  } finally {
    await context.close();
  }
}

async function run(search: SearchService, { name, index, options }: Run): Promise<number> {
  const code = await COMMANDS[name]!.act({
    search,
    indices: chosen(search, index),
    options,
    output: new Output(options.json ?? false),
    confirmed: async (question) => options.yes === true || confirm(question),
  });
  return code ?? EXIT.done;
}

function chosen({ indices }: SearchService, name: string | undefined): readonly IndexedEntity[] {
  if (name === undefined) return indices;
  const found = indices.filter((index) => index.name === name || index.alias === name);
  if (found.length > 0) return found;
  const requirement = `must be one of ${indices.map((index) => index.name).join(', ')}`;
  throw new SearchOptionError([{ option: 'the index', requirement, received: name }]);
}

@Module({})
class SearchCommandLine {}
