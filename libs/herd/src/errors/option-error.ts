import { HerdError } from './herd-error.js';

/** An option, or a node's description, is wrong: nothing is started. `option` is its name. */
export class HerdOptionError extends HerdError {
  readonly code = 'HERD_OPTION';

  constructor(
    readonly option: string,
    must: string,
    received: unknown,
    remedy: string,
  ) {
    super({ what: `Herd option "${option}" ${must}`, received, remedy });
  }
}
