import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig } from '@mikro-orm/postgresql';
import { Address, Passage, President } from './index.js';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/** Options of MikroORM for the demo's entities. */
export function ormOptions(postgresUrl: string) {
  return defineConfig({
    clientUrl: postgresUrl,
    entities: [President, Address, Passage],
    metadataProvider: ReflectMetadataProvider,
    driverOptions: { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
    pool: { min: 0, max: 10 },
  });
}
