import { isNativeError } from 'node:util/types';

/** The message of an error, with its code where it has one. Also of errors of another realm. */
export function messageOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { code } = error as { code?: string };
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} ${code}`;
}
