import { randomUUID } from 'node:crypto';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import { openSearch } from '@rookery/search/opensearch';
import type { World } from './run-model.js';

/** A database of its own for each model, on servers that run. */
export function onServers(postgres: string, node: string): World {
  const config = (dbName: string, entities: readonly unknown[]) =>
    defineConfig({
      clientUrl: postgres,
      dbName,
      entities: entities as never,
      allowGlobalContext: false,
      colors: false,
    });
  return {
    engine: () => openSearch({ node }),
    open: async (schemas) => {
      const dbName = `models-${randomUUID().slice(0, 8)}`;
      const orm = await MikroORM.init(config(dbName, schemas));
      await orm.schema.ensureDatabase();
      await orm.schema.create();
      const close = async (): Promise<void> => {
        await orm.close(true);
        const admin = await MikroORM.init({ ...config('postgres', []), discovery: { warnWhenNoEntities: false } });
        await admin.em.getConnection().execute(`drop database if exists "${dbName}" with (force)`);
        await admin.close(true);
      };
      return { orm, close };
    },
  };
}
