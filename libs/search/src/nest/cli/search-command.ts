import { Inject } from '@nestjs/common';
import { CommandRunner, Option } from 'nest-commander';
import { SearchOptionError } from '../../errors/option-error.js';
import { SearchService, type IndexedEntity } from '../../service/search.service.js';
import { confirm, Output } from './output.js';

/** Exit codes: 0 done, 1 found something or failed, 2 not confirmed. */
export const EXIT = Object.freeze({ found: 1, notConfirmed: 2 });

export interface CommandOptions {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly redrive?: boolean;
  readonly maxRate?: number;
  readonly maxLag?: number;
}

/** What every command shares: it works on one index by name, or on all. */
export abstract class SearchCommand extends CommandRunner {
  @Inject(SearchService)
  protected readonly search!: SearchService;

  async run([name]: string[], options: CommandOptions = {}): Promise<void> {
    await this.act(this.chosen(name), options, new Output(options.json ?? false));
  }

  protected abstract act(indices: readonly IndexedEntity[], options: CommandOptions, output: Output): Promise<void>;

  private chosen(name: string | undefined): readonly IndexedEntity[] {
    const all = this.search.indices;
    if (name === undefined) return all;
    const found = all.filter((index) => index.name === name || index.alias === name);
    if (found.length > 0) return found;
    throw new SearchOptionError([
      {
        option: 'the index',
        requirement: `must be one of ${all.map((index) => index.name).join(', ')}`,
        received: name,
      },
    ]);
  }
}

/** A command whose output a program may read. */
export abstract class JsonCommand extends SearchCommand {
  @Option({ flags: '--json', description: 'One JSON object per line' })
  json(): boolean {
    return true;
  }
}

/** A command that deletes, and asks before. */
export abstract class ConfirmedCommand extends JsonCommand {
  @Option({ flags: '--yes', description: 'Do not ask' })
  yes(): boolean {
    return true;
  }

  protected async confirmed(question: string, { yes }: CommandOptions): Promise<boolean> {
    if (yes || (await confirm(question))) return true;
    process.exitCode = EXIT.notConfirmed;
    return false;
  }
}
