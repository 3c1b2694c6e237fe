import { SearchHookError } from '../errors/query.errors.js';

/** Errors of a whole query, or of the database itself, by the ORM's names: no single row is at fault. */
const OF_THE_QUERY: ReadonlySet<string> = new Set([
  'ConnectionException',
  'DatabaseObjectNotFoundException',
  'DeadlockException',
  'InvalidFieldNameException',
  'LockWaitTimeoutException',
  'NonUniqueFieldNameException',
  'ReadOnlyException',
  'SyntaxErrorException',
  'TableNotFoundException',
]);

/**
 * Whether a read failed for what a row holds, so that it is worth to read the others without it.
 *
 * @param probe the same read of no row at all: it fails where the database is away or lacks a column
 */
export async function isFaultOfRow(error: unknown, probe: () => Promise<unknown>): Promise<boolean> {
  if (error instanceof SearchHookError) return true;
  if (error instanceof Error && OF_THE_QUERY.has(error.constructor.name)) return false;
  return probe().then(
    () => true,
    () => false,
  );
}

/**
 * Reads by keys, and where that fails for what rows hold, in halves down to those rows: the others are read.
 *
 * @param read of some of the keys, in their order
 * @param refused what stands for a row that cannot be read
 * @throws what `read` does where no row is at fault
 */
export async function readApart<Key, Row>(
  keys: readonly Key[],
  read: (keys: readonly Key[]) => Promise<readonly Row[]>,
  refused: (key: Key, error: unknown) => readonly Row[],
): Promise<Row[]> {
  try {
    return [...(await read(keys))];
  } catch (error) {
    if (keys.length === 0 || !(await isFaultOfRow(error, () => read([])))) throw error;
    if (keys.length === 1) return [...refused(keys[0]!, error)];
    const middle = Math.ceil(keys.length / 2);
    const first = await readApart(keys.slice(0, middle), read, refused);
    return [...first, ...(await readApart(keys.slice(middle), read, refused))];
  }
}
