import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig } from '@mikro-orm/postgresql';
import { Address, Passage, President } from './index.js';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Options of MikroORM for the demo's entities. */
export function ormOptions(postgresUrl: string) {
  return defineConfig({
    clientUrl: postgresUrl,
    entities: [President, Address, Passage],
    metadataProvider: ReflectMetadataProvider,
    driverOptions: { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS },
    pool: { min: 0, max: 10 },
  });
}
