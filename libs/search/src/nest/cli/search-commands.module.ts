import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { CommandFactory } from 'nest-commander';
import { runAsCommandLine } from '../run-mode.js';
import { FinishCommand, MigrateCommand, PlanCommand, PruneCommand, RollbackCommand } from './migration.commands.js';
import { DeadLettersCommand, RelayCommand, RepairCommand, StatusCommand, VerifyCommand } from './operation.commands.js';

/** The commands, for an application that has a command line of its own. Needs `SearchModule`. */
@Module({
  providers: [
    PlanCommand,
    MigrateCommand,
    StatusCommand,
    VerifyCommand,
    RepairCommand,
    RollbackCommand,
    FinishCommand,
    PruneCommand,
    RelayCommand,
    DeadLettersCommand,
  ],
})
export class SearchCommandsModule {}

/**
 * Runs a command of `process.argv` in an application: `plan | migrate | status | verify | repair | rollback | finish |
 * prune | relay | dead-letters`. The application is built but relays nothing and checks no index by itself. A failure is written to
 * stderr and sets the exit code.
 *
 * @example
 * // search.ts
 * await runSearchCommands(AppModule);
 */
export async function runSearchCommands(application: Type | DynamicModule): Promise<void> {
  runAsCommandLine();
  const fail = (error: Error): void => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  };
  const root: DynamicModule = { module: SearchCommandLine, imports: [application, SearchCommandsModule] };
  await CommandFactory.run(root as never, {
    logger: ['error', 'warn'],
    errorHandler: fail,
    serviceErrorHandler: fail,
    cliName: 'search',
  });
}

@Module({})
class SearchCommandLine {}
