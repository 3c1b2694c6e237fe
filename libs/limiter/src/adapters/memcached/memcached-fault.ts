import { messageOf } from '../../errors/message-of.js';
import { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';

const BY_MESSAGE: readonly [RegExp, StorageFaultKind][] = [
  [/time ?d? ?out|timeout|deadline|late/i, 'timeout'],
  [/ECONN|EPIPE|EHOST|ENOTFOUND|not available|unavailable|unreachable|closed|ejected|is down/i, 'unreachable'],
  [/out of memory/i, 'memory'],
  [/overload|too many|queue/i, 'overload'],
];

/** An error of whatever client was passed in, by its message. */
export function memcachedFault(storage: string, error: unknown): StorageFaultError {
  if (error instanceof StorageFaultError) return error;
  const message = messageOf(error);
  const fault = BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown';
  return new StorageFaultError(storage, fault, { cause: error });
}
