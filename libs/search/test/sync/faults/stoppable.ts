import { SearchService, type SearchOptions } from '@rookery/search';
import { MikroORM } from '@mikro-orm/postgresql';
import { postgresConfig } from '../database.js';
import { engineOf } from '../running.js';

/** Where a process can be stopped: before a change of the engine, or of the row that notes the migration. */
const ENGINE_STEPS = ['createIndex', 'updateAliases', 'deleteIndex', 'putMapping', 'putSettings', 'bulk', 'refresh'];

/** A process that stands still before one of its steps, as a suspended one does: nothing of it goes on until it may. */
export interface Stoppable {
  readonly search: SearchService;
  readonly orm: MikroORM;
  /** Steps passed so far: `bulk 1`, `note drain 1`. */
  readonly passed: string[];
  /** Resolves when it stands still. */
  readonly stopped: Promise<void>;
  goOn(): void;
  close(): Promise<void>;
}

export async function stoppable(
  { dbName, prefix }: { readonly dbName: string; readonly prefix: string },
  entities: readonly unknown[],
  stopBefore?: string,
  options: Partial<SearchOptions> = {},
): Promise<Stoppable> {
  const orm = await MikroORM.init({ ...postgresConfig(dbName), entities: entities as never });
  const passed: string[] = [];
  const counts = new Map<string, number>();
  let standing: Promise<void> | undefined;
  let [goOn, stand] = [(): void => undefined, (): void => undefined];
  const stopped = new Promise<void>((resolve) => (stand = resolve));

  const pass = async (name: string | undefined): Promise<void> => {
    if (name !== undefined && !standing) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      passed.push(`${name} ${count}`);
      if (`${name} ${count}` === stopBefore) {
        standing = new Promise((resolve) => (goOn = resolve));
        stand();
      }
    }
    await standing;
  };

  const engine = engineOf();
  const watched = new Proxy(engine, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function' || name === 'scanIds' || name === 'close') return method;
      return async (...given: unknown[]) => {
        await pass(ENGINE_STEPS.includes(String(name)) ? String(name) : undefined);
        return (method as (...all: unknown[]) => unknown).apply(target, given);
      };
    },
  });

  const connection = orm.em.getDriver().getConnection('write');
  const execute = connection.execute.bind(connection) as (
    sql: string,
    params: unknown[],
    ...rest: unknown[]
  ) => unknown;
  connection.execute = (async (sql: unknown, params: unknown[], ...rest: unknown[]) => {
    await pass(noteOf(String(sql), params));
    return execute(sql as string, params, ...rest);
  }) as typeof connection.execute;

  const search = new SearchService(orm, {
    engine: watched,
    prefix,
    sync: 'outbox',
    relay: false,
    createIndices: false,
    ...options,
  });
  return {
    search,
    orm,
    passed,
    stopped,
    goOn: () => goOn(),
    close: async () => {
      goOn();
      await search.close();
      await orm.close(true);
    },
  };
}

/** `note backfill`: the phase that a statement notes; the heartbeat of a lease and its release are no steps. */
function noteOf(sql: string, params: readonly unknown[]): string | undefined {
  if (!/^update .*search_migration.* set phase = \?/.test(sql) && !/set last_key = \?/.test(sql)) return undefined;
  return sql.includes('set phase') ? `note ${String(params[0])}` : 'note a page';
}
