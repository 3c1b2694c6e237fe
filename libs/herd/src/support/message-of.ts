import { HerdError } from '../errors/herd-error.js';

/** The message of whatever was thrown: an error, of this realm or another, or anything else. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const { message, code } = thrown as { message?: unknown; code?: unknown };
  // Node.js reports a host of several addresses that all refuse by an AggregateError without a message.
  return (
    [message, code].find((text): text is string => typeof text === 'string' && text !== '') ??
    'an error without a message'
  );
}

/** The same without the remedy that an error of a herd ends with: what stands within another message, which has its own. */
export function problemOf(thrown: unknown): string {
  const message = messageOf(thrown);
  const end = thrown instanceof HerdError ? `: ${thrown.remedy}` : '';
  return end !== '' && message.endsWith(end) ? message.slice(0, -end.length) : message;
}
