import { randomBytes } from 'node:crypto';

/** The address of a database of a new name on the same server. */
export function ownDatabase(postgresUrl: string): string {
  const url = new URL(postgresUrl);
  url.pathname = `/demo_${randomBytes(6).toString('hex')}`;
  return url.href;
}
