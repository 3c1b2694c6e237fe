import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { SearchService, type SearchEngine, type SearchOptions } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { dropDatabase as removeDatabase, dropIndices as removeIndices } from '../left-behind.js';
import { ENTITIES, type Release } from './models.js';

/** Where a process of the proof works; handed on in the environment variable `PROOF`. */
export interface Setting {
  readonly postgres: string;
  readonly database: string;
  /** A database that lags behind; reads outside of transactions go to it. */
  readonly replica?: string;
  readonly openSearch: string;
  readonly prefix: string;
  readonly release: Release;
  readonly seed: number;
  /** Where a relay kills itself, and at which passage. */
  readonly killAt?: { readonly point: string; readonly passage: number };
}

export function settingOfProcess(): Setting {
  // Ends when the proof does, however that came.
  process.stdin.on('end', () => process.exit(1)).resume();
  return JSON.parse(process.env['PROOF'] ?? '') as Setting;
}

export function connect({
  postgres,
  database,
  replica,
  release,
}: Pick<Setting, 'postgres' | 'database' | 'replica' | 'release'>): Promise<MikroORM> {
  const entities = ENTITIES[release] as never;
  return MikroORM.init(
    defineConfig({
      clientUrl: postgres,
      dbName: database,
      ...(replica === undefined ? {} : { replicas: [{ dbName: replica }] }),
      entities,
      metadataProvider: ReflectMetadataProvider,
      allowGlobalContext: false,
      logger: () => undefined,
    }),
  );
}

export function searchOf(
  orm: MikroORM,
  { openSearch: node, prefix }: Setting,
  options: Partial<SearchOptions> = {},
): SearchService {
  return new SearchService(orm, {
    engine: engineAt(node),
    prefix,
    sync: 'outbox',
    whenEngineIsDown: 'start',
    createIndices: false,
    ...options,
  });
}

/** Starts again when the connection was cut meanwhile, as whoever runs an application does. */
export async function startBetweenCuts(search: SearchService): Promise<void> {
  for (let cuts = 0; ; cuts += 1) {
    try {
      return await search.start();
    } catch (error) {
      if (cuts === 5 || !/terminating connection|Connection terminated/.test(String(error))) throw error;
    }
  }
}

export function engineAt(node: string): SearchEngine {
  return openSearch({ node, requestTimeoutMs: 5_000, bulkTimeoutMs: 5_000 });
}

/** Resolves when the process receives a stop. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => process.once('SIGTERM', resolve));
}

export const dropIndices = ({ openSearch: node, prefix }: Setting): Promise<void> => removeIndices(prefix, node);

export const dropDatabase = ({ database, postgres }: Setting): Promise<void> => removeDatabase(database, postgres);
