import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
const NEEDED_BYTES = 4 * 2 ** 30;

type FileSystem = Readonly<{ type: number; bsize: number; bavail: number }>;

/**
 * Where throw-away data go. OpenSearch waits for the disk at each change of its cluster, one after the other, so that an index is
 * made, aliased and removed in a quarter of the time where that is memory. `TMPDIR` decides where it is set.
 */
export function scratchFolder(
  env: NodeJS.ProcessEnv = process.env,
  statfs: (path: string) => FileSystem = statfsSync,
): string {
  if (env['TMPDIR']) return tmpdir();
  try {
    const { type, bsize, bavail } = statfs(IN_MEMORY);
    return type === TMPFS && bsize * bavail >= NEEDED_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir(); // Not Linux.
  }
}
