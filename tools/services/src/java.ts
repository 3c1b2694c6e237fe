import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './find-program.js';

const run = promisify(execFile);

export type Jdk = { home: string; major: number };

/** Where each system keeps its JDKs; macOS nests the home in the bundle. */
const SYSTEM_FOLDERS = ['/usr/lib/jvm/*', '/Library/Java/JavaVirtualMachines/*/Contents/Home'];

/** The JDKs that were found: `$OPENSEARCH_JAVA_HOME`, `$JAVA_HOME`, `java` on PATH, then the system's, newest first. */
export async function findJdks(
  env: NodeJS.ProcessEnv = process.env,
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): Promise<Jdk[]> {
  const java = findProgram('java', env['PATH']);
  const named = [env['OPENSEARCH_JAVA_HOME'], env['JAVA_HOME'], java && dirname(dirname(realpathSync(java)))];
  const [first, rest] = await Promise.all([inspectAll(named), inspectAll(systemFolders.flatMap(expand))]);
  return [...first, ...rest.sort((a, b) => b.major - a.major)];
}

function expand(pattern: string): string[] {
  const [folder, inside] = pattern.split('*') as [string, string];
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, inside)) : [];
}

async function inspectAll(homes: (string | undefined)[]): Promise<Jdk[]> {
  // Only a JDK has javac, and only a JDK runs a source file.
  const real = homes
    .filter((home) => home !== undefined && existsSync(join(home, 'bin/javac')))
    .map((home) => realpathSync(home!));
  const jdks = await Promise.all([...new Set(real)].map(inspect));
  return jdks.filter((jdk) => jdk !== undefined);
}

async function inspect(home: string): Promise<Jdk | undefined> {
  try {
    const { stderr } = await run(join(home, 'bin/java'), ['-version'], { timeout: 10_000 });
    const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
    return Number.isNaN(major) ? undefined : { home, major };
  } catch {
    return undefined;
  }
}
