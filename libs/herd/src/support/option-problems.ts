import { HerdOptionError } from '../errors/option-error.js';
import type { OptionProblem } from '../errors/option-error.js';
import { nearestName } from './nearest-name.js';

/** A misspelled `pasword` still holds one, and messages go to logs. */
const SECRET = /pass?w|secret|token|credential|api_?key|authorization/i;
/** What stands in a message for a secret. */
export const HIDDEN = '(not shown)';

/** Gathers what is wrong with options, so that one error reports all of it. */
export class OptionProblems {
  readonly #problems: OptionProblem[] = [];

  /** @returns `valid`; where it is false, `option` is reported with what it must be. */
  check(valid: boolean, option: string, received: unknown, requirement: string): boolean {
    if (!valid) this.#problems.push({ option, received, requirement });
    return valid;
  }

  /** Reports each name of `given` that `known` lacks, with the nearest one that it has. `path` stands before the name. */
  checkNames(given: object, known: readonly string[], path = ''): void {
    for (const name of Object.keys(given).filter((key) => !known.includes(key))) {
      const nearest = nearestName(name, known);
      const remedy = nearest === undefined ? `the options are ${known.join(', ')}` : `did you mean ${path}${nearest}?`;
      const received = SECRET.test(name) ? HIDDEN : (given as Readonly<Record<string, unknown>>)[name];
      this.#problems.push({ option: `${path}${name}`, received, requirement: `is not an option; ${remedy}` });
    }
  }

  /** Runs `work`; the option problems that it throws are gathered with the others. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof HerdOptionError)) throw error;
      this.#problems.push(...error.problems);
      return undefined;
    }
  }

  /** @throws {@link HerdOptionError} with all that was gathered */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new HerdOptionError(this.#problems);
  }
}
