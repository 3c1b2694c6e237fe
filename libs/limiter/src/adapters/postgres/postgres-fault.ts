import { messageOf } from '../../errors/message-of.js';
import { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';

/** By the SQLSTATE, or its class, of an error that the server sent. */
const BY_STATE: readonly [RegExp, StorageFaultKind][] = [
  [/^25006$/, 'readonly'],
  [/^57P03$/, 'loading'],
  [/^(08|57P)/, 'unreachable'],
  [/^(57014|55P03|40)/, 'timeout'],
  [/^53[23]/, 'overload'],
  [/^53/, 'memory'],
];

const BY_MESSAGE: readonly [RegExp, StorageFaultKind][] = [
  [/timeout exceeded|timed out/i, 'timeout'],
  [/ECONN|EPIPE|EHOST|ENOTFOUND|Connection terminated|connection error|ended/i, 'unreachable'],
];

/** An error of `pg`, or of the server behind it, by what an operator can do about it. */
export function postgresFault(storage: string, error: unknown): StorageFaultError {
  if (error instanceof StorageFaultError) return error;
  const given = (error as { code?: unknown } | null)?.code;
  const code = typeof given === 'string' ? given : '';
  const message = messageOf(error);
  const fault =
    BY_STATE.find(([pattern]) => /^[0-9A-Z]{5}$/.test(code) && pattern.test(code))?.[1] ??
    BY_MESSAGE.find(([pattern]) => pattern.test(message) || pattern.test(code))?.[1] ??
    'unknown';
  return new StorageFaultError(storage, fault, { cause: error });
}
