import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Calls `changed` when the file at `path` is another than before, or is gone or back. The folder is watched, as a file is
 * often replaced by a new one (or a link, in a Kubernetes volume) that a watch of the old one would miss. What the system
 * does not report, as on network drives, is found by looking every `pollMs`.
 *
 * @returns a function that ends the watch.
 */
export function watchFile(path: string, pollMs: number, changed: () => void): () => void {
  let ended = false;
  let known: string | undefined;
  let looking = false;
  let lookAgain = false;

  async function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    do {
      lookAgain = false;
      const now = await identity(path);
      if (ended) break;
      if (known !== undefined && now !== known) changed();
      known = now;
    } while (lookAgain);
    looking = false;
  }

  const timer = setInterval(() => void look(), pollMs).unref();
  const watcher = watchFolder(dirname(path), () => void look());
  void look();
  return () => {
    ended = true;
    clearInterval(timer);
    watcher?.close();
  };
}

/** @returns `undefined` where the folder cannot be watched: polling goes on. */
function watchFolder(folder: string, notify: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, notify);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** What differs between one state of the file and another; `absent` is a state. */
export async function identity(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch {
    return 'absent';
  }
}
