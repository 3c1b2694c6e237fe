import { isNativeError } from 'node:util/types';

/** What an error says, with its code where it has one. Also of errors that another realm made. */
export function messageOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { code } = error as { code?: string };
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} ${code}`;
}
