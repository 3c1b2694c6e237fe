import { messageOf } from '../../errors/message-of.js';
import { StorageFaultError, type StorageFaultKind } from '../../errors/storage-fault.js';

/** By the first word of an error that the server sent. */
const BY_CODE: Readonly<Record<string, StorageFaultKind>> = {
  LOADING: 'loading',
  MASTERDOWN: 'unreachable',
  READONLY: 'readonly',
  NOREPLICAS: 'readonly',
  MOVED: 'moved',
  ASK: 'moved',
  CROSSSLOT: 'moved',
  CLUSTERDOWN: 'moved',
  TRYAGAIN: 'moved',
  OOM: 'memory',
  BUSY: 'timeout',
  BUCKET_MALFORMED: 'malformed',
  WRONGTYPE: 'malformed',
};

/** By the messages of ioredis and Node for no answer at all. */
const BY_MESSAGE: readonly [RegExp, StorageFaultKind][] = [
  [/timed out|timeout/i, 'timeout'],
  [
    /offline|client is closed|socket closed|stream isn't writeable|connection is closed|max retries|all failed|failed to refresh|ECONN|EPIPE|EHOST|ENOTFOUND/i,
    'unreachable',
  ],
  [/too many cluster redirections/i, 'moved'],
];

/**
 * An error of ioredis, or of the server behind it, by what an operator can do about it.
 *
 * @param connectionError why there is no connection, such as a wrong password
 */
export function redisFault(storage: string, error: unknown, connectionError?: unknown): StorageFaultError {
  if (error instanceof StorageFaultError) return error;
  const message = messageOf(error);
  // Redis 7 puts "ERR" before, and where the error arose in a script after, the code.
  const code = /^(?:ERR )?-?([A-Z_]+)\b/.exec(message)?.[1] ?? '';
  const fault = BY_CODE[code] ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? 'unknown';
  const cause = fault === 'unreachable' ? (connectionError ?? error) : error;
  return new StorageFaultError(storage, fault, { cause });
}

export function isNoScript(error: unknown): boolean {
  return messageOf(error).startsWith('NOSCRIPT');
}
