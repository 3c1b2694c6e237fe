import { randomUUID } from 'node:crypto';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { SearchService, type EntityClass, type SearchEvent, type SearchOptions } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { ENTITIES } from './entities.js';
import { dropDatabase, dropIndices } from './left-behind.js';

export { dropIndices };

const POSTGRES_URL = process.env['POSTGRES_URL'] ?? '';
export const OPENSEARCH_URL = process.env['OPENSEARCH_URL'] ?? '';

export function uniqueName(): string {
  return `search-${randomUUID().slice(0, 8)}`;
}

export function ormConfig(dbName: string, entities: EntityClass[] = ENTITIES) {
  return defineConfig({
    clientUrl: POSTGRES_URL,
    dbName,
    entities,
    metadataProvider: ReflectMetadataProvider,
    allowGlobalContext: false,
  });
}

/** An ORM on a database of its own, with its schema. */
export async function createOrm(entities?: EntityClass[]): Promise<MikroORM> {
  const orm = await MikroORM.init(ormConfig(uniqueName(), entities));
  await orm.schema.ensureDatabase();
  await orm.schema.create();
  return orm;
}

export async function dropOrm(orm: MikroORM): Promise<void> {
  const name = orm.config.get('dbName')!;
  await orm.close(true);
  await dropDatabase(name);
}

export interface Running {
  readonly orm: MikroORM;
  readonly search: SearchService;
  readonly events: SearchEvent[];
  stop(): Promise<void>;
}

/** ORM, engine and search together, apart from all other tests. */
export async function startSearch(options: Partial<SearchOptions> = {}, entities?: EntityClass[]): Promise<Running> {
  const orm = await createOrm(entities);
  const events: SearchEvent[] = [];
  const prefix = uniqueName();
  const search = new SearchService(orm, {
    engine: openSearch({ node: OPENSEARCH_URL }),
    prefix,
    onEvent: (event) => events.push(event),
    ...options,
  });
  await search.start();
  const stop = async (): Promise<void> => {
    await search.close();
    await dropIndices(prefix);
    await dropOrm(orm);
  };
  return { orm, search, events, stop };
}
