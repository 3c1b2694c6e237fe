import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { ormOptions } from '../src/entities/orm-options.js';
import { ownDatabase } from './own-database.js';

describeWith('postgres', 'migrations of the database', (postgres) => {
  let orm: MikroORM;

  beforeEach(async () => {
    orm = await MikroORM.init(ormOptions(ownDatabase(postgres)));
    await orm.schema.ensureDatabase({ create: false });
  });

  afterEach(async () => {
    await orm.schema.dropDatabase();
    await orm.close(true);
  });

  it('make the schema of the entities, and nothing else', async () => {
    await orm.migrator.up();
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('');
    expect(await orm.migrator.getPending()).toEqual([]);
  });

  it('take a database whose tables were made without them', async () => {
    await orm.migrator.up({ to: '2026-11-addresses' });
    await orm.schema.execute('truncate mikro_orm_migrations');
    await orm.migrator.up();
    expect(await orm.schema.getUpdateSchemaSQL()).toBe('');
  });
});
