import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import type { MikroORM as LibSqlORM } from '@mikro-orm/libsql';
import type { MikroORM as MariaDbORM } from '@mikro-orm/mariadb';
import { defineConfig as postgres, MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { dropDatabase } from '../left-behind.js';
import { ENTITIES } from './entities.js';

export type TestORM = PostgresORM | MariaDbORM | LibSqlORM;
export type DatabaseName = 'postgres' | 'mariadb' | 'sqlite';

const SHARED = {
  entities: ENTITIES,
  metadataProvider: ReflectMetadataProvider,
  allowGlobalContext: false,
  colors: false,
};

export function uniqueName(): string {
  return `sync-${randomUUID().slice(0, 8)}`;
}

export function postgresConfig(dbName: string) {
  return postgres({ ...SHARED, clientUrl: process.env['POSTGRES_URL'] ?? '', dbName });
}

/** An ORM on a database of its own, with the schema that the ORM's generator makes. */
export async function createDatabase(
  name: DatabaseName,
  told: (statement: string) => void = () => undefined,
  entities: readonly unknown[] = ENTITIES,
): Promise<{ orm: TestORM; dbName: string; drop: () => Promise<void> }> {
  const dbName = uniqueName();
  if (name === 'sqlite') {
    const { defineConfig, MikroORM } = await import('@mikro-orm/libsql');
    const file = join(tmpdir(), `${dbName}.db`);
    const orm = await MikroORM.init(
      defineConfig({
        ...SHARED,
        entities: entities as never,
        dbName: file,
        debug: ['query', 'query-params'],
        logger: told,
      }),
    );
    await orm.schema.create();
    return {
      orm,
      dbName: file,
      drop: async () => {
        await orm.close(true);
        await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(file + suffix, { force: true })));
      },
    };
  }
  if (name === 'mariadb') {
    const config = {
      ...SHARED,
      clientUrl: process.env['MARIADB_URL'] ?? '',
      entities: entities as never,
      debug: ['query' as const, 'query-params' as const],
      logger: told,
    };
    const { defineConfig, MikroORM } = await import('@mikro-orm/mariadb');
    const orm = await MikroORM.init(defineConfig({ ...config, dbName }));
    await orm.schema.ensureDatabase();
    await orm.schema.create();
    return {
      orm,
      dbName,
      drop: async () => {
        await orm.em.getConnection().execute(`drop database \`${dbName}\``);
        await orm.close(true);
      },
    };
  }
  const orm = await PostgresORM.init({
    ...postgresConfig(dbName),
    entities: entities as never,
    debug: ['query', 'query-params'],
    logger: told,
  });
  await orm.schema.ensureDatabase();
  await orm.schema.create();
  return {
    orm,
    dbName,
    drop: async () => {
      await orm.close(true);
      await dropDatabase(dbName);
    },
  };
}

/** Another ORM, with other entities, on a database that is there. */
export async function connectTo(name: DatabaseName, dbName: string, entities: readonly unknown[]): Promise<TestORM> {
  const shared = { ...SHARED, entities: entities as never, dbName };
  if (name === 'sqlite') {
    const { defineConfig, MikroORM } = await import('@mikro-orm/libsql');
    return MikroORM.init(defineConfig(shared));
  }
  if (name === 'mariadb') {
    const { defineConfig, MikroORM } = await import('@mikro-orm/mariadb');
    return MikroORM.init(defineConfig({ ...shared, clientUrl: process.env['MARIADB_URL'] ?? '' }));
  }
  return PostgresORM.init({ ...postgresConfig(dbName), entities: entities as never });
}
