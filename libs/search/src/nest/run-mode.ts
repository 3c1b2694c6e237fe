let commandLine = false;

/** From here on modules of this process wait for a command instead of starting by themselves. */
export function runAsCommandLine(): void {
  commandLine = true;
}

export function isCommandLine(): boolean {
  return commandLine;
}
