import { OptionProblems } from '../../support/option-problems.js';
import { aFunction, anObject, checkOptions, isObject } from '../../support/option-table.js';
import type { Tokenizer } from './words.js';

export interface MemoryEngineOptions {
  /** The clock, in epoch milliseconds: for dates such as `now-1d` and for refreshes by time. `Date.now` when absent. */
  readonly now?: () => number;
  /**
   * Words of texts by the names of analyzers, in place of analyzers that need a real engine:
   * `{ english: plainWords }` finds whole words where a real engine would find their stems.
   */
  readonly analyzers?: Readonly<Record<string, Tokenizer>>;
}

/** @throws SearchOptionError */
export function resolveMemoryOptions(options: MemoryEngineOptions): Required<MemoryEngineOptions> {
  const problems = new OptionProblems();
  const known = checkOptions(problems, options, { now: aFunction, analyzers: anObject }, 'memoryEngine.');
  if (known && isObject(options.analyzers))
    for (const [name, tokenizer] of Object.entries(options.analyzers))
      problems.check(
        typeof tokenizer === 'function',
        `memoryEngine.analyzers.${name}`,
        tokenizer,
        'must be a function from a text to its words, such as plainWords',
      );
  problems.throwIfAny();
  return { now: options.now ?? Date.now, analyzers: options.analyzers ?? {} };
}
