import { randomUUID } from 'node:crypto';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { searchEntities } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { startPostgres } from '@rookery/services';
import { openSearchServer } from './opensearch-server.js';

/** A database of its own, and a prefix for indices: both have `name`, and `end` drops all of it. */
export interface Laboratory {
  readonly name: string;
  readonly node: string;
  /** An ORM with this entity and the tables of the library; `end` closes it. */
  readonly connect: (entity: unknown) => Promise<MikroORM>;
  readonly end: () => Promise<void>;
}

/** On the servers of the environment, else on its own. */
export async function laboratory(purpose: string): Promise<Laboratory> {
  const given = process.env['POSTGRES_URL'];
  const [postgres, engine] = await Promise.all([given ? undefined : startPostgres(), openSearchServer()]);
  const name = `${purpose}-${randomUUID().slice(0, 8)}`;
  const to = (dbName: string, entities: readonly unknown[]): Promise<MikroORM> =>
    MikroORM.init({
      clientUrl: postgres?.address ?? given!,
      dbName,
      entities: [...(entities as never[]), ...searchEntities],
      metadataProvider: ReflectMetadataProvider,
    });
  const admin = await to('postgres', []);
  await admin.em.getConnection().execute(`create database "${name}"`);
  const opened: MikroORM[] = [];
  return {
    name,
    node: engine.node,
    connect: async (entity) => {
      const orm = await to(name, [entity]);
      opened.push(orm);
      return orm;
    },
    end: async () => {
      const cleaner = openSearch({ node: engine.node });
      for (const { index } of await cleaner.readIndices(`${name}-*`)) await cleaner.deleteIndex(index);
      await cleaner.close();
      for (const orm of opened) await orm.close(true);
      await admin.em.getConnection().execute(`drop database "${name}" with (force)`);
      await admin.close(true);
      await Promise.all([postgres?.stop(), engine.stop()]);
    },
  };
}
