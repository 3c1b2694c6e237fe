import { Command, Option } from 'nest-commander';
import { SearchOptionError } from '../../errors/option-error.js';
import type { IndexedEntity } from '../../service/search.service.js';
import type { Output } from './output.js';
import { EXIT, JsonCommand, SearchCommand, type CommandOptions } from './search-command.js';

@Command({ name: 'status', arguments: '[index]', description: 'Show plan, migration, backlog and lag' })
export class StatusCommand extends JsonCommand {
  @Option({ flags: '--max-lag <ms>', description: 'Exit with 1 when the oldest change waits for longer' })
  maxLag(value: string): number {
    const lag = Number(value);
    if (!(lag >= 0))
      throw new SearchOptionError([
        { option: '--max-lag', requirement: 'must be a number of milliseconds, 0 or more', received: value },
      ]);
    return lag;
  }

  protected async act(
    indices: readonly IndexedEntity[],
    { maxLag = Infinity }: CommandOptions,
    output: Output,
  ): Promise<void> {
    for (const { name, alias } of indices) {
      const { plan, migration } = await this.search.migrations.status(name);
      output.say(`${alias}: ${plan.liveIndex ?? 'no index'}, ${plan.action}, migration ${migration?.phase ?? 'none'}`, {
        alias,
        plan,
        migration,
      });
    }
    const backlog = await this.search.backlog();
    output.say(
      `${backlog.pending} changes wait, the oldest for ${backlog.lagMs} ms; ${backlog.deadLetters} dead letters`,
      backlog,
    );
    if (backlog.lagMs > maxLag) process.exitCode = EXIT.found;
  }
}

@Command({
  name: 'verify',
  arguments: '[index]',
  description: 'Compare indices with the database; exit with 1 when they differ',
})
export class VerifyCommand extends JsonCommand {
  protected async act(indices: readonly IndexedEntity[], _options: CommandOptions, output: Output): Promise<void> {
    for (const { name, alias } of indices) {
      let differing = 0;
      for await (const { key, drift } of this.search.migrations.verify(name)) {
        differing += 1;
        output.say(`${alias}/${key}: ${drift}`, { alias, key: String(key), drift });
      }
      output.say(`${alias}: ${differing} documents differ`, { alias, differing });
      if (differing > 0) process.exitCode = EXIT.found;
    }
  }
}

@Command({
  name: 'repair',
  arguments: '[index]',
  description: 'Write exactly the documents that differ from the database',
})
export class RepairCommand extends JsonCommand {
  protected async act(indices: readonly IndexedEntity[], _options: CommandOptions, output: Output): Promise<void> {
    for (const { name, alias } of indices) {
      const { missing, orphaned, outdated } = await this.search.migrations.repair(name);
      output.say(`${alias}: repaired ${missing} missing, ${orphaned} orphaned, ${outdated} outdated`, {
        alias,
        missing,
        orphaned,
        outdated,
      });
    }
  }
}

@Command({ name: 'relay', description: 'Relay the outbox until SIGTERM or SIGINT' })
export class RelayCommand extends SearchCommand {
  protected async act(): Promise<void> {
    await this.search.start();
    await new Promise<void>((resolve) => {
      process.once('SIGTERM', resolve);
      process.once('SIGINT', resolve);
    });
  }
}

@Command({
  name: 'dead-letters',
  aliases: ['parked'],
  description: 'Show documents that were refused too often',
})
export class DeadLettersCommand extends JsonCommand {
  @Option({ flags: '--redrive', description: 'Give them another try' })
  redrive(): boolean {
    return true;
  }

  @Option({ flags: '--check', description: 'Exit with 1 when there are any' })
  check(): boolean {
    return true;
  }

  protected async act(
    _indices: readonly IndexedEntity[],
    { redrive, check }: CommandOptions,
    output: Output,
  ): Promise<void> {
    if (redrive) {
      const redriven = await this.search.redrive();
      return output.say(`${redriven} documents are tried again`, { redriven });
    }
    const deadLetters = await this.search.deadLetters();
    for (const { alias, key, attempts, reason, givenUpAt } of deadLetters) {
      output.say(`${alias}/${key}: ${attempts} attempts, given up ${givenUpAt.toISOString()}: ${reason}`, {
        alias,
        key: String(key),
        attempts,
        reason,
        givenUpAt,
      });
    }
    if (check && deadLetters.length > 0) process.exitCode = EXIT.found;
  }
}
