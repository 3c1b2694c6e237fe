import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a program on PATH, or undefined. */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** The same for a server: Debian keeps those in sbin, which is not on everyone's PATH. */
export function findServer(name: string, path = process.env['PATH'] ?? ''): string | undefined {
  return findProgram(name, [path, '/usr/sbin', '/usr/local/sbin'].join(delimiter));
}
