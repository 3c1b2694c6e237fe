import type { MikroORM } from '@mikro-orm/postgresql';
import type { DemoConfig } from '../config/demo-config.js';
import { Address } from '../entities/index.js';
import { StartError } from '../start-error.js';
import { loadAddresses } from './load-addresses.js';
import { type Output, Progress } from './progress.js';
import { readAddresses } from './read-addresses.js';

type Config = Pick<DemoConfig, 'addresses' | 'postgresUrl'>;

/**
 * Makes the database, brings its tables up to date by migrations, and loads the rows that are not there.
 *
 * @throws {@link StartError} when PostgreSQL does not answer or refuses the login.
 */
export async function prepareDatabase(
  orm: MikroORM,
  { addresses, postgresUrl }: Config,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  try {
    await orm.schema.ensureDatabase();
  } catch (error) {
    throw new StartError(
      `PostgreSQL at ${URL.parse(postgresUrl)?.host} cannot be used: ${messageOf(error)}. Check POSTGRES_URL, and that the server runs.`,
      { cause: error },
    );
  }
  await orm.migrator.up();
  if ((await orm.em.fork().count(Address)) >= addresses) return;
  const progress = new Progress('Loading addresses', addresses, output);
  await loadAddresses({ em: orm.em, records: readAddresses(addresses), onAddress: () => progress.advance(), signal });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
