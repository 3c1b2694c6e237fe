import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig, MikroORM, type SqlEntityManager } from '@mikro-orm/libsql';
import { Indexed, searchEntities, SearchField, SearchService, type SearchEvent } from '@rookery/search';
import { memoryEngine } from '@rookery/search/testing';

@Entity()
@Indexed({ name: 'notes' })
class Note {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) text!: string;
}

describe.each(['outbox', 'after-commit'] as const)('a closed search, sync: %s', (sync) => {
  let orm: MikroORM;
  let search: SearchService;
  const events: SearchEvent[] = [];

  beforeEach(async () => {
    orm = await MikroORM.init(
      defineConfig({
        dbName: ':memory:',
        entities: [Note, ...searchEntities],
        metadataProvider: ReflectMetadataProvider,
      }),
    );
    await orm.schema.create();
    events.length = 0;
    const onEvent = (event: SearchEvent): unknown => events.push(event);
    search = new SearchService(orm, {
      engine: memoryEngine(),
      sync,
      onEvent,
      ...(sync === 'outbox' ? { relay: false } : {}),
    });
    await search.start();
  });
  afterEach(async () => {
    await search.close();
    await orm.close(true);
  });

  const rows = async (): Promise<number> => {
    const em = orm.em.fork() as SqlEntityManager;
    return (await em.execute<unknown[]>('select id from search_outbox')).length;
  };
  const create = (em: SqlEntityManager, id: number): Note => em.create(Note, { id, text: 'a' });

  it('follows nothing that begins later: a flush, a transaction, an upsert', async () => {
    await search.close();
    const em = orm.em.fork() as SqlEntityManager;
    create(em, 1);
    await em.flush();
    await em.transactional((tx) => void create(tx, 2));
    await em.upsert(Note, { id: 3, text: 'b' });
    expect(await rows()).toBe(0);
    expect(events).toEqual([]);
  });

  it('needs its tables no more', async () => {
    await search.close();
    const em = orm.em.fork() as SqlEntityManager;
    await em.execute('drop table search_outbox');
    create(em, 1);
    await em.flush();
    expect(await em.count(Note)).toBe(1);
  });

  it('hears a transaction that was open to its end, with savepoints that begin in it', async () => {
    await orm.em.fork().transactional(async (tx) => {
      create(tx, 1);
      await tx.flush();
      await search.close();
      create(tx, 2);
      await tx.flush();
      await tx.transactional((inner) => void create(inner as SqlEntityManager, 3));
    });
    expect(await rows()).toBe(sync === 'outbox' ? 3 : 0);
    expect(events.filter(({ type }) => type === 'changes-dropped')).toHaveLength(sync === 'outbox' ? 0 : 1);
    create(orm.em.fork(), 4);
    expect(await rows()).toBe(sync === 'outbox' ? 3 : 0);
  });

  it('leaves its place to another on the same ORM', async () => {
    await search.close();
    const next = new SearchService(orm, {
      engine: memoryEngine(),
      sync,
      ...(sync === 'outbox' ? { relay: false } : {}),
    });
    await next.start();
    const em = orm.em.fork() as SqlEntityManager;
    create(em, 1);
    await em.flush();
    if (sync === 'outbox') expect(await rows()).toBe(1);
    else {
      await next.settled();
      expect((await next.repository(Note).get(1))?.source.text).toBe('a');
    }
    await next.close();
  });
});
