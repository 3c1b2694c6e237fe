import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Discovered, Discovery } from '../../contracts/discovery.js';
import type { Duration } from '../../contracts/duration.js';
import { checked, checkShape, readDuration } from '../../support/option-checks.js';
import { checkNodes } from '../../support/nodes.js';
import { WatchSet } from '../../support/watch-set.js';
import { within } from '../../support/within.js';
import { HerdDiscoveryError } from '../../errors/discovery-error.js';
import { HerdOptionError } from '../../errors/option-error.js';
import { identity, watchFile } from './file-watch.js';
import { parseNodes } from './parse-nodes.js';

/** How the file is read and watched. */
export interface NodesFileOptions {
  /** How often to look for a change that the system has not reported. Default `2s`. */
  poll?: Duration;
  /** How long reading may take, as on a network drive that hangs. Default `1500ms`. */
  timeout?: Duration;
}

const mostBytes = 1024 * 1024;

/**
 * Nodes from a file, which is watched: a change is followed at once, not at the herd's next tick. Either lines
 *
 *     # comment
 *     10.0.0.1:11211
 *     10.0.0.2:11211 id=cache-2 weight=2
 *
 * or JSON: a list of such texts or of nodes (`id` defaults to the address), or `{ "version": 7, "nodes": […] }`. A file
 * that is half written is refused, and so the nodes before it kept; to be safe with lines too, write a new file beside it
 * and rename that over it.
 *
 * @throws HerdOptionError for bad options. Its `nodes` throws {@link HerdDiscoveryError} naming the path.
 */
export function nodesFile(path: string, options: NodesFileOptions = {}): Discovery {
  const { file, pollMs, timeoutMs } = resolveOptions(path, options);
  const problem = (what: string, remedy: string, cause?: unknown): HerdDiscoveryError =>
    new HerdDiscoveryError({ what: `Nodes file ${file} ${what}`, remedy, cause });
  const watches = new WatchSet();

  async function read(signal: AbortSignal): Promise<Discovered> {
    try {
      const text = await wholeText(file, signal);
      const found = parseNodes(text);
      checkNodes(found.nodes, file);
      return found;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === undefined || cause instanceof HerdOptionError)
        throw problem(`cannot be used: ${message}`, 'correct it; write a new file and rename it over this one', cause);
      throw problem(`cannot be read: ${message}`, 'check the path, and that this process may read it', cause);
    }
  }

  return {
    name: 'file',
    nodes: (signal) =>
      within(
        timeoutMs,
        signal,
        () => problem(`was not read within ${timeoutMs} ms`, 'check the drive, or raise timeout'),
        read,
      ),
    watch: (changed) => watches.add(watchFile(file, pollMs, changed)),
    close: watches.close,
  };
}

const resolveOptions = (
  path: string,
  options: NodesFileOptions,
): Readonly<{ file: string; pollMs: number; timeoutMs: number }> =>
  checked((problems) => {
    const isPath = typeof path === 'string' && path !== '';
    problems.check(isPath, 'path', path, `must be the path of a file; pass nodesFile('/etc/caches.txt')`);
    const { poll = '2s', timeout = '1500ms' } = checkShape(problems, options, ['poll', 'timeout']);
    const [pollMs, timeoutMs] = [readDuration(problems, 'poll', poll), readDuration(problems, 'timeout', timeout)];
    return { file: isPath ? resolve(path) : '', pollMs, timeoutMs };
  });

/** @throws when the file is no file, too long, or changed while it was read. */
async function wholeText(file: string, signal: AbortSignal): Promise<string> {
  const stats = await stat(file);
  if (!stats.isFile()) throw new SyntaxError('it is not a plain file');
  if (stats.size > mostBytes) throw new SyntaxError(`it has ${stats.size} bytes, over ${mostBytes}`);
  const before = await identity(file);
  const text = await readFile(file, { encoding: 'utf8', signal });
  if ((await identity(file)) !== before) throw new SyntaxError('it changed while it was read');
  return text;
}
