import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { loadAddresses } from '../src/data/load-addresses.js';
import { readAddresses } from '../src/data/read-addresses.js';
import { Address, Passage, President } from '../src/entities/index.js';
import { ormOptions } from '../src/entities/orm-options.js';
import { ownDatabase } from './own-database.js';

describeWith('postgres', 'loading into PostgreSQL', (postgresUrl) => {
  let orm: MikroORM;

  beforeEach(async () => {
    orm = await MikroORM.init(ormOptions(ownDatabase(postgresUrl)));
    await orm.schema.ensureDatabase();
    await orm.migrator.up();
  });

  afterEach(async () => {
    await orm.schema.dropDatabase();
    await orm.close(true);
  });

  const load = (limit: number, signal?: AbortSignal, onAddress?: () => void) =>
    loadAddresses({
      em: orm.em,
      records: readAddresses(limit),
      ...(signal && { signal }),
      ...(onAddress && { onAddress }),
    });
  const counts = async () => {
    const em = orm.em.fork();
    return [await em.count(President), await em.count(Address), await em.count(Passage)];
  };

  it('goes on where an interrupted load ended, and ends with the same rows', async () => {
    expect(await load(12)).toBe(12);
    const wanted = await orm.em.fork().findAll(Passage, { orderBy: { id: 'asc' } });
    await orm.schema.clear();

    const controller = new AbortController();
    let loaded = 0;
    const interrupted = load(12, controller.signal, () => {
      if (++loaded === 5) controller.abort(new Error('interrupted'));
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect((await counts())[1]).toBe(5);

    expect(await load(12)).toBe(7);
    const passages = await orm.em.fork().findAll(Passage, { orderBy: { id: 'asc' } });
    expect(passages.map(({ id, address, position, text }) => [id, address.id, position, text])).toEqual(
      wanted.map(({ id, address, position, text }) => [id, address.id, position, text]),
    );
  });

  it('leaves complete data, and edits, as they are', async () => {
    await load(3);
    const before = await counts();
    await orm.em.fork().nativeUpdate(President, { id: 1 }, { party: 'Whig' });
    expect(await load(3)).toBe(0);
    expect(await counts()).toEqual(before);
    expect((await orm.em.fork().findOneOrFail(President, 1)).party).toBe('Whig');
  });
});
