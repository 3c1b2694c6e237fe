const COMMAND_LINE = Symbol.for('rookery:search:command-line');
/** For the whole process: the commands may come from another build of this package than the module. */
const shared = globalThis as { [COMMAND_LINE]?: boolean };

/** From here on modules of this process wait for a command instead of starting by themselves. */
export function runAsCommandLine(): void {
  shared[COMMAND_LINE] = true;
}

export function isCommandLine(): boolean {
  return shared[COMMAND_LINE] === true;
}
