import { MikroORM } from '@mikro-orm/postgresql';
import { SearchService, type SearchEvent, type SearchOptions } from '@rookery/search';
import { postgresConfig } from './database.js';
import { engineOf, type Running } from './running.js';

export interface Release {
  readonly orm: MikroORM;
  readonly search: SearchService;
  readonly events: SearchEvent[];
}

/**
 * The same database and indices as another release of the application sees them; its search is not started.
 *
 * @param opened gets what closes it
 */
export async function openRelease(
  running: Running,
  opened: (() => Promise<void>)[],
  entities: readonly unknown[],
  options: Partial<SearchOptions>,
): Promise<Release> {
  const orm = await MikroORM.init({ ...postgresConfig(running.dbName), entities: entities as never });
  const events: SearchEvent[] = [];
  const search = new SearchService(orm, {
    engine: engineOf(),
    prefix: running.prefix,
    onEvent: (event) => events.push(event),
    ...options,
  });
  opened.push(async () => {
    await search.close();
    await orm.close(true);
  });
  return { orm, search, events };
}
