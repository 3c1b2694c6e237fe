import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { guard } from './guard.js';
import type { OpenSearchLine } from './opensearch-line.js';
import { ServiceError } from './service-error.js';

const POM = fileURLToPath(new URL('../opensearch/pom.xml', import.meta.url));

/** In the user's cache, by line and by the content of the pom: a changed version is a new folder. */
export function jarsFolder(line: OpenSearchLine): string {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const hash = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12);
  return join(cache, 'rookery', `opensearch-${line}-${hash}`);
}

export function hasJars(folder: string): boolean {
  return existsSync(folder);
}

/**
 * Fetches the jars of a line with Maven, unless they are there. Two processes may do so at once: each fills a folder of its own,
 * and the first to finish moves it into place.
 */
export async function fetchJars(line: OpenSearchLine, report: (progress: string) => void): Promise<string> {
  const target = jarsFolder(line);
  if (hasJars(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const workshop = await mkdtemp(`${target}.partial-`); // Beside the target, so that the move is one rename.
  const release = guard({ folder: workshop });
  try {
    const profile = line === '2.x' ? ['-P2.x'] : [];
    const jars = join(workshop, 'jars');
    await copyFile(POM, join(workshop, 'pom.xml')); // Maven leaves marker files beside the pom that it reads.
    await maven(
      [
        ...profile,
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        '-DincludeTypes=jar',
        `-DoutputDirectory=${jars}`,
      ],
      workshop,
      line,
      report,
    );
    if (line === '2.x')
      await maven(
        [...profile, 'dependency:unpack-dependencies', '-DincludeTypes=zip', `-DoutputDirectory=${jars}`],
        workshop,
        line,
        report,
      );
    await rename(jars, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another process was faster.
    });
    return target;
  } finally {
    await rm(workshop, { recursive: true, force: true });
    release();
  }
}

const KILOBYTES: Record<string, number> = { B: 0.001, kB: 1, MB: 1000 };

async function maven(
  args: string[],
  cwd: string,
  line: OpenSearchLine,
  report: (progress: string) => void,
): Promise<void> {
  const child = spawn('mvn', ['-B', '-Dstyle.color=never', ...args], {
    cwd,
    env: process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  if (child.pid === undefined)
    throw new ServiceError(`mvn could not be started (${String(await closed.catch(String))})`);
  const release = guard({ pid: child.pid });
  const lines: string[] = [];
  let files = 0;
  let kilobytes = 0;
  const read = (text: string) => {
    lines.push(text);
    const size = /^(?:\[INFO\] )?Downloaded from .*\((\d+(?:\.\d+)?) (B|kB|MB)\b/.exec(text);
    if (!size) return;
    files++;
    kilobytes += Number(size[1]) * KILOBYTES[size[2]!]!;
    report(`fetching OpenSearch ${line} from Maven Central: ${files} files, ${(kilobytes / 1000).toFixed(0)} MB`);
  };
  createInterface({ input: child.stdout }).on('line', read);
  createInterface({ input: child.stderr }).on('line', read);
  const [code] = await closed;
  release();
  if (code === 0) return;
  const tail =
    lines
      .filter((text) => text.includes('ERROR'))
      .slice(0, 5)
      .join('\n  ') || lines.slice(-5).join('\n  ');
  throw new ServiceError(`Maven could not fetch OpenSearch ${line}:\n  ${tail}`);
}
