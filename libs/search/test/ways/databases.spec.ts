import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Indexed, searchEntities, SearchField, SearchService, type EntityClass } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { describeWith } from '@rookery/services';
import { dropIndices, dropOrm, OPENSEARCH_URL, uniqueName } from '../harness.js';

@Entity()
@Indexed()
class Letter {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
}

@Entity({ schema: 'sales' })
@Indexed()
class Sale {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
}

@Entity({ schema: 'archive', tableName: 'sale' })
@Indexed({ name: 'past-sale' })
class PastSale {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @SearchField() @Property({ type: 'text' }) text!: string;
}

function followedBy(sync: 'after-commit' | 'outbox'): () => void {
  return () => {
    const opened: { orm: MikroORM; search: SearchService; prefix: string }[] = [];
    async function open(entities: EntityClass[]): Promise<{ orm: MikroORM; search: SearchService }> {
      const prefix = uniqueName();
      const orm = await MikroORM.init({
        clientUrl: process.env['POSTGRES_URL']!,
        dbName: prefix,
        entities: [...entities, ...searchEntities] as never,
        metadataProvider: ReflectMetadataProvider,
        allowGlobalContext: false,
      });
      await orm.schema.ensureDatabase();
      await orm.schema.create();
      const search = new SearchService(orm, { engine: openSearch({ node: OPENSEARCH_URL }), prefix, sync });
      await search.start();
      opened.push({ orm, search, prefix });
      return { orm, search };
    }
    afterEach(async () => {
      for (const { orm, search, prefix } of opened.splice(0)) {
        await search.close();
        await dropIndices(prefix);
        await dropOrm(orm);
      }
    }, 60_000);

    const write = async (orm: MikroORM, entity: EntityClass, text: string, options: object = {}): Promise<void> => {
      const em = orm.em.fork(options);
      em.create(entity as never, { id: 1, text } as never);
      await em.flush();
    };
    const textOf = async (search: SearchService, entity: EntityClass): Promise<string | undefined> =>
      ((await search.repository<object>(entity).get(1))?.source as { text: string } | undefined)?.text;

    it('follows each of two databases by its own search', async () => {
      const [here, there] = [await open([Letter]), await open([Letter])];
      await write(here.orm, Letter, 'here');
      await write(there.orm, Letter, 'there');
      await Promise.all([here.search.settled(), there.search.settled()]);
      expect([await textOf(here.search, Letter), await textOf(there.search, Letter)]).toEqual(['here', 'there']);
    }, 60_000);

    it('follows entities of schemas by name', async () => {
      const { orm, search } = await open([Sale, PastSale]);
      await write(orm, Sale, 'now');
      await write(orm, PastSale, 'then');
      await search.settled();
      expect([await textOf(search, Sale), await textOf(search, PastSale)]).toEqual(['now', 'then']);
    }, 60_000);

    it('does not follow rows of another schema than that of their entity', async () => {
      const { orm, search } = await open([Letter]);
      const sql = (statement: string) => orm.em.fork().getConnection().execute(statement);
      await write(orm, Letter, 'of the entity');
      await sql('create schema other; create table other.letter (like public.letter including all)');
      await write(orm, Letter, 'of the call', { schema: 'other' });
      await search.settled();
      expect(await sql('select text from other.letter')).toEqual([{ text: 'of the call' }]);
      expect(await textOf(search, Letter)).toBe('of the entity');
    }, 60_000);
  };
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'several databases and schemas', () => {
    for (const sync of ['after-commit', 'outbox'] as const) describe(`by ${sync}`, followedBy(sync));
  }),
);
