import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { guard } from './guard.js';
import type { Jdk } from './java.js';

const run = promisify(execFile);

const SOURCE = fileURLToPath(new URL('../opensearch/OpenSearchNode.java', import.meta.url));
const MAIN = 'OpenSearchNode';

/** The arguments of `java` that name what runs. */
export type Launch = readonly string[];

/**
 * The program that starts a node, compiled, and an archive of the classes that it loads: both halve a start. They are made once per
 * JDK, beside the jars.
 */
export class OpenSearchLauncher {
  private constructor(
    private readonly folder: string,
    private readonly jars: string,
  ) {}

  static async compiled(jars: string, { home }: Jdk): Promise<OpenSearchLauncher> {
    // A JDK that was updated in place has another `java`.
    const facts = [readFileSync(SOURCE), home, String(statSync(join(home, 'bin/java')).mtimeMs)];
    const hash = facts.reduce((sum, fact) => sum.update(fact), createHash('sha256')).digest('hex');
    const folder = `${jars}-launcher-${hash.slice(0, 12)}`;
    if (!existsSync(folder)) await compile(folder, jars, home);
    return new OpenSearchLauncher(folder, jars);
  }

  /** Whether the list of what can be archived is there, which may be empty. */
  get isTrained(): boolean {
    return existsSync(this.archive) || existsSync(this.noArchive);
  }

  launch({ archived }: { archived: boolean }): Launch {
    return [
      ...(archived && existsSync(this.archive) ? [`-XX:SharedArchiveFile=${this.archive}`] : []),
      ...this.program,
    ];
  }

  /**
   * Archives the classes of one node's life.
   *
   * @param live starts a node by the arguments given, uses and ends it
   */
  async train(live: (launch: Launch) => Promise<void>): Promise<void> {
    const partial = await mkdtemp(`${this.folder}/partial-`);
    const release = guard({ folder: partial });
    try {
      const archive = join(partial, 'classes.jsa');
      await live([`-XX:ArchiveClassesAtExit=${archive}`, ...this.program]);
      // Some JDKs come without the archive that this one is built on.
      if (existsSync(archive)) await rename(archive, this.archive);
      else await writeFile(this.noArchive, '');
    } finally {
      await rm(partial, { recursive: true, force: true });
      release();
    }
  }

  private get archive(): string {
    return join(this.folder, 'classes.jsa');
  }

  private get noArchive(): string {
    return join(this.folder, 'no-archive');
  }

  /** The archive holds for this very class path. */
  private get program(): Launch {
    return ['-cp', `${join(this.jars, '*')}:${join(this.folder, 'launcher.jar')}`, MAIN];
  }
}

/** Two processes may do so at once: each fills a folder of its own, and the first to finish moves it into place. */
async function compile(target: string, jars: string, home: string): Promise<void> {
  const workshop = await mkdtemp(`${target}.partial-`);
  const release = guard({ folder: workshop });
  try {
    const [classes, done] = [join(workshop, 'classes'), join(workshop, 'done')];
    await mkdir(done);
    await run(join(home, 'bin/javac'), ['-cp', join(jars, '*'), '-d', classes, SOURCE]);
    await run(join(home, 'bin/jar'), ['--create', '--file', join(done, 'launcher.jar'), '-C', classes, '.']);
    await rename(done, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // Another process was faster.
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
    release();
  }
}
