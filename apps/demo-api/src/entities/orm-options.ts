import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { searchEntities } from '@rookery/search';
import { migrations } from '../migrations/index.js';
import { Address, EditorSession, Passage, President } from './index.js';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 10_000;

/** Options of MikroORM for the demo's entities. */
export function ormOptions(postgresUrl: string) {
  return defineConfig({
    clientUrl: postgresUrl,
    entities: [President, Address, Passage, EditorSession, ...searchEntities],
    extensions: [Migrator],
    migrations: { migrationsList: [...migrations], snapshot: false, silent: true },
    metadataProvider: ReflectMetadataProvider,
    driverOptions: { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS },
    pool: { min: 0, max: 10 },
  });
}
