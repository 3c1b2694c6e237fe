import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/libsql';
import { Indexed, SearchField, searchEntities, SearchService } from '@rookery/search';
import { memoryEngine } from '@rookery/search/testing';

@Entity()
@Indexed({ name: 'pages-outbox', sync: 'outbox', id: 'slug' })
@Indexed({ name: 'pages-after-commit', sync: 'after-commit', id: 'slug' })
class Page {
  @PrimaryKey({ type: 'integer', autoincrement: false }) id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string', unique: true }) slug!: string;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) title!: string;
}

it.each(['pages-outbox', 'pages-after-commit'])(
  'a unique value that one row hands on to another within a flush is followed in %s',
  async (name) => {
    const orm = await MikroORM.init({ dbName: ':memory:', colors: false, entities: [Page, ...searchEntities] });
    await orm.schema.create();
    const search = new SearchService(orm, { engine: memoryEngine(), prefix: 'handed-on', relay: { pollMs: 20 } });
    try {
      await search.start();
      const em = orm.em.fork();
      const [one, two] = [1, 2].map((id) => em.create(Page, { id, slug: `slug-${id}`, title: `title ${id}` }));
      await em.flush();
      await search.settled({ timeoutMs: 10_000 });
      one!.slug = 'slug-3';
      two!.slug = 'slug-1';
      await em.flush();
      await search.settled({ timeoutMs: 10_000 });
      const pages = search.repository(Page, name);
      await pages.refresh();
      const { hits } = await pages.query().sort('slug').search();
      expect(hits.map(({ id, source }) => [id, source.slug, source.title])).toEqual([
        ['slug-1', 'slug-1', 'title 2'],
        ['slug-3', 'slug-3', 'title 1'],
      ]);
    } finally {
      await search.close();
      await orm.close(true);
    }
  },
);
