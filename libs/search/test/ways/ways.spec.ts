import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { SearchService, searchEntities, type EntityClass } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { describeWith } from '@rookery/services';
import { dropIndices, dropOrm, OPENSEARCH_URL, uniqueName } from '../harness.js';
import * as stage3 from '../stage3/library.js';
import * as defined from './defined.js';
import * as legacy from './legacy.js';
import * as schemas from './schemas.js';

interface Way {
  readonly entities: readonly unknown[];
  readonly book: EntityClass;
  readonly author: EntityClass;
  readonly tag: EntityClass;
}

const WAYS: Readonly<Record<string, Way>> = {
  'legacy decorators': {
    entities: [legacy.Author, legacy.Tag, legacy.Binding, legacy.Book],
    book: legacy.Book,
    author: legacy.Author,
    tag: legacy.Tag,
  },
  'stage-3 decorators': {
    entities: [stage3.Author, stage3.Tag, stage3.Binding, stage3.Book],
    book: stage3.Book,
    author: stage3.Author,
    tag: stage3.Tag,
  },
  defineEntity: { entities: defined.SCHEMAS, book: defined.Books, author: defined.Author, tag: defined.Tag },
  EntitySchema: { entities: schemas.SCHEMAS, book: schemas.Books, author: schemas.Author, tag: schemas.Tag },
};

const TITLE = { type: 'text', analyzer: 'english', fields: { raw: { type: 'keyword' } } };
const MAPPED = {
  books: {
    title: TITLE,
    pages: { type: 'integer' },
    offers: { type: 'nested', properties: { size: { type: 'keyword' } } },
    binding: { properties: { kind: { type: 'keyword' } } },
    author: { properties: { name: { type: 'text', analyzer: 'english' } } },
    tags: { properties: { label: { type: 'text' } } },
    shelf: { type: 'keyword' },
  },
  titles: { title: TITLE },
};

async function fill(em: EntityManager, { book, author, tag }: Way): Promise<void> {
  const create = (entity: EntityClass, data: object): object => em.create(entity as never, data as never);
  const ann = create(author, { id: 1, name: 'Ann' });
  const tags = [create(tag, { id: 1, label: 'birds' })];
  for (const [id, pages] of [
    [1, 200],
    [2, 50],
  ])
    create(book, {
      id,
      title: `Rooks ${id}`,
      pages,
      offers: [{ size: 's', cost: 1 }],
      binding: { kind: 'soft', maker: 'Bo' },
      author: ann,
      tags: id === 1 ? tags : [],
    });
  await em.flush();
}

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'an entity', () => {
    describe.each(Object.entries(WAYS))('written by %s', (_name, way) => {
      describe.each(['after-commit', 'outbox', 'manual'] as const)('followed by %s', (sync) => {
        const prefix = uniqueName();
        let orm: MikroORM;
        let search: SearchService;

        beforeAll(async () => {
          orm = await MikroORM.init({
            clientUrl: process.env['POSTGRES_URL']!,
            dbName: prefix,
            entities: [...way.entities, ...searchEntities] as never,
            metadataProvider: ReflectMetadataProvider,
            allowGlobalContext: false,
          });
          await orm.schema.ensureDatabase();
          await orm.schema.create();
          const engine = openSearch({ node: OPENSEARCH_URL });
          search = new SearchService(orm, {
            engine,
            prefix,
            sync,
            ...(sync === 'outbox' ? { relay: { pollMs: 20 } } : {}),
          });
          await search.start();
          await fill(orm.em.fork(), way);
        }, 60_000);
        afterAll(async () => {
          await search.close();
          await dropIndices(prefix);
          await dropOrm(orm);
        }, 30_000);

        const followed = async (): Promise<void> => {
          if (sync === 'manual') {
            await search.repository(way.book).indexAll();
            await search.repository(way.book, 'titles').indexAll();
          } else await search.settled();
        };

        it('has the mapping', async () => {
          const engine = openSearch({ node: OPENSEARCH_URL });
          for (const [index, properties] of Object.entries(MAPPED)) {
            const [state] = await engine.readIndices(`${prefix}-${index}`);
            expect(state!.mappings.properties).toEqual(properties);
          }
          await engine.close();
        });

        it('has its documents, and follows its relations', async () => {
          await followed();
          const books = search.repository<object>(way.book);
          const first = {
            title: 'Rooks 1',
            pages: 200,
            offers: [{ size: 's' }],
            binding: { kind: 'soft' },
            author: { name: 'Ann' },
            tags: [{ label: 'birds' }],
            shelf: 'low',
          };
          expect((await books.get(1))?.source).toEqual(first);
          const em = orm.em.fork();
          ((await em.findOneOrFail(way.author as never, 1 as never)) as { name: string }).name = 'Anna';
          ((await em.findOneOrFail(way.book as never, 2 as never)) as { title: string }).title = 'Crows';
          await em.flush();
          await followed();
          expect((await books.get(1))?.source).toEqual({ ...first, author: { name: 'Anna' } });
          expect((await search.repository<object>(way.book, 'titles').get(2))?.source).toEqual({ title: 'Crows' });
        });
      });
    });
  }),
);
