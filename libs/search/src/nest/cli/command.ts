import type { IndexedEntity, SearchService } from '../../service/search.service.js';
import type { CommandOptionName, CommandOptions } from './command-options.js';
import type { Output } from './output.js';

/** 0 done, 1 found something or failed, 2 not confirmed. */
export const EXIT = Object.freeze({ done: 0, found: 1, notConfirmed: 2 });

/** What a command works with: the search of the application, the indices chosen, its options, and where it writes. */
export interface CommandContext {
  readonly search: SearchService;
  readonly indices: readonly IndexedEntity[];
  readonly options: CommandOptions;
  readonly output: Output;
  /** Whether the answer to `question` is yes, or `--yes` was given. */
  readonly confirmed: (question: string) => Promise<boolean>;
}

export interface Command {
  readonly description: string;
  /** Whether it accepts the name of an index; `optional` means all where none is named. */
  readonly index: 'none' | 'optional' | 'required';
  readonly options: readonly CommandOptionName[];
  /** @returns its exit code; {@link EXIT.done} when `undefined` */
  act(context: CommandContext): Promise<number | undefined | void>;
}
