import { SearchService, type SearchEngine, type SearchEvent, type SearchOptions } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { dropIndices } from '../left-behind.js';
import { createDatabase, uniqueName as uniquePrefix, type DatabaseName, type TestORM } from './database.js';

export interface Running {
  readonly orm: TestORM;
  /** Name of its database. */
  readonly dbName: string;
  readonly search: SearchService;
  readonly engine: SearchEngine;
  readonly prefix: string;
  readonly events: SearchEvent[];
  /** SQL statements, as the ORM logs them. */
  readonly statements: string[];
  stop(): Promise<void>;
}

export { uniquePrefix };

export function engineOf(url: string = process.env['OPENSEARCH_URL'] ?? ''): SearchEngine {
  return openSearch({ node: url });
}

/** ORM, engine and search together, apart from all other tests. */
export async function startSearch(
  database: DatabaseName,
  given: Partial<SearchOptions> | ((orm: TestORM) => Partial<SearchOptions>) = {},
  entities?: readonly unknown[],
): Promise<Running> {
  const statements: string[] = [];
  const { orm, dbName, drop } = await createDatabase(database, (statement) => statements.push(statement), entities);
  const options = typeof given === 'function' ? given(orm) : given;
  const prefix = options.prefix ?? uniquePrefix();
  const events: SearchEvent[] = [];
  const engine = engineOf();
  const search = new SearchService(orm, {
    engine: engineOf(),
    prefix,
    sync: 'outbox',
    onEvent: (event) => events.push(event),
    ...options,
  });
  await search.start();
  return {
    orm,
    dbName,
    search,
    engine,
    prefix,
    events,
    statements,
    stop: async () => {
      await search.close();
      await dropIndices(prefix);
      await engine.close();
      await drop();
    },
  };
}

/** Polls until `done` holds. @throws after `timeoutMs` */
export async function until(done: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`still not so after ${timeoutMs} ms: ${done.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
