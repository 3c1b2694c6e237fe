import { Command, Option } from 'nest-commander';
import { describeDifference, type MigrationPlan } from '../../migration/plan.js';
import { SearchOptionError } from '../../errors/option-error.js';
import type { IndexedEntity } from '../../service/search.service.js';
import type { Output } from './output.js';
import { ConfirmedCommand, EXIT, JsonCommand, type CommandOptions } from './search-command.js';

function textOf({ alias, action, liveIndex, differences }: MigrationPlan): string {
  return [
    `${alias} (${liveIndex ?? 'no index'}): ${action}`,
    ...differences.map((difference) => `  ${describeDifference(difference)}`),
  ].join('\n');
}

@Command({ name: 'plan', arguments: '[index]', description: 'Show what a migration would change, and why' })
export class PlanCommand extends JsonCommand {
  @Option({ flags: '--check', description: 'Exit with 1 when something is to be changed' })
  check(): boolean {
    return true;
  }

  protected async act(indices: readonly IndexedEntity[], { check }: CommandOptions, output: Output): Promise<void> {
    for (const { name } of indices) {
      const plan = await this.search.migrations.plan(name);
      output.say(textOf(plan), plan);
      if (check && plan.action !== 'none') process.exitCode = EXIT.found;
    }
  }
}

@Command({
  name: 'migrate',
  arguments: '[index]',
  description: 'Bring indices to the model; goes on where a run was ended',
})
export class MigrateCommand extends JsonCommand {
  @Option({ flags: '--dry-run', description: 'Only show the plan' })
  dryRun(): boolean {
    return true;
  }

  @Option({ flags: '--max-rate <documents>', description: 'Documents per second at most' })
  maxRate(value: string): number {
    const rate = Number(value);
    if (!(rate > 0))
      throw new SearchOptionError([{ option: '--max-rate', requirement: 'must be a number above 0', received: value }]);
    return rate;
  }

  protected async act(
    indices: readonly IndexedEntity[],
    { dryRun, maxRate }: CommandOptions,
    output: Output,
  ): Promise<void> {
    for (const { name } of indices) {
      const plan = await this.search.migrations.plan(name);
      output.say(textOf(plan), plan);
      if (dryRun) continue;
      await new Promise<void>((resolve, reject) => {
        const migrating = this.search.migrations.migrate(
          name,
          maxRate === undefined ? {} : { maxDocumentsPerSecond: maxRate },
        );
        migrating.subscribe({ next: (progress) => output.progress(progress), error: reject, complete: resolve });
      }).finally(() => output.endBar());
    }
  }
}

@Command({ name: 'rollback', arguments: '<index>', description: 'Go back to the old index' })
export class RollbackCommand extends ConfirmedCommand {
  protected async act(indices: readonly IndexedEntity[], options: CommandOptions, output: Output): Promise<void> {
    for (const { name, alias } of indices) {
      if (!(await this.confirmed(`Delete the new index of ${alias} and go back to the old one?`, options))) return;
      const { exact } = await this.search.migrations.rollback(name);
      output.say(`${alias}: rolled back${exact ? '' : ', not exactly: run verify and repair with the old release'}`, {
        alias,
        exact,
      });
    }
  }
}

@Command({ name: 'finish', arguments: '<index>', description: 'End a migration: delete the old index' })
export class FinishCommand extends ConfirmedCommand {
  protected async act(indices: readonly IndexedEntity[], options: CommandOptions, output: Output): Promise<void> {
    for (const { name, alias } of indices) {
      if (!(await this.confirmed(`Delete the old index of ${alias}? There is no rollback after it.`, options))) return;
      await this.search.migrations.finish(name);
      output.say(`${alias}: finished`, { alias, phase: 'finished' });
    }
  }
}

@Command({
  name: 'prune',
  arguments: '[index]',
  description: 'Delete indices of earlier migrations that nothing points to',
})
export class PruneCommand extends ConfirmedCommand {
  protected async act(indices: readonly IndexedEntity[], options: CommandOptions, output: Output): Promise<void> {
    const names = indices.map(({ alias }) => alias).join(', ');
    if (!(await this.confirmed(`Delete indices of ${names} that nothing points to?`, options))) return;
    for (const { name, alias } of indices) {
      const deleted = await this.search.migrations.prune(name);
      output.say(`${alias}: deleted ${deleted.length === 0 ? 'nothing' : deleted.join(', ')}`, { alias, deleted });
    }
  }
}
