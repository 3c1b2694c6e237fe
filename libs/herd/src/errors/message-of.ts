/** The message of whatever was thrown: an error, of this realm or another, or anything else. */
export function messageOf(thrown: unknown): string {
  const message = typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : undefined;
  return typeof message === 'string' ? message : String(thrown);
}
