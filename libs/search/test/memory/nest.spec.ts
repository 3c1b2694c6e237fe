import { Entity, ManyToOne, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { defineConfig, MikroORM, type EntityManager, type Rel } from '@mikro-orm/libsql';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  Indexed,
  InjectSearchRepository,
  searchEntities,
  SearchField,
  SearchModule,
  SearchRepository,
  SearchService,
  SearchUnclaimedError,
} from '@rookery/search';
import { memoryEngine, plainWords } from '@rookery/search/testing';

@Entity()
class Author {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'keyword' }) @Property({ type: 'string' }) name!: string;
}

@Entity()
@Indexed({ name: 'books' })
class Book {
  @PrimaryKey() id!: number;
  @SearchField({ analyzer: 'english', fields: { raw: { type: 'keyword' } } })
  @Property({ type: 'text' })
  title!: string;
  @SearchField() @Property({ type: 'integer' }) year!: number;
  @SearchField({ include: ['name'] }) @ManyToOne(() => Author) author!: Rel<Author>;
}

@Injectable()
class Library {
  constructor(@InjectSearchRepository(Book) readonly books: SearchRepository<Book>) {}

  async titles(words: string): Promise<readonly string[]> {
    const page = await this.books.search((query) => query.must((q) => q.match('title', words)).sort('year'));
    return page.hits.map(({ source }) => source.title);
  }
}

@Module({ imports: [SearchModule.forFeature([Book])], providers: [Library] })
class LibraryModule {}

describe.each(['after-commit', 'outbox'] as const)('a module on memoryEngine(), sync: %s', (sync) => {
  let app: TestingModule;
  const em = (): EntityManager => app.get(MikroORM).em.fork();

  beforeEach(async () => {
    app = await Test.createTestingModule({
      imports: [
        MikroOrmModule.forRoot(
          defineConfig({
            dbName: ':memory:',
            entities: [Author, Book, ...searchEntities],
            metadataProvider: ReflectMetadataProvider,
            ensureDatabase: { create: true },
          }),
        ),
        SearchModule.forRoot({ engine: memoryEngine({ analyzers: { english: plainWords } }), sync }),
        LibraryModule,
      ],
    }).compile();
    await app.init();
  });
  afterEach(() => app.close());

  it('follows commits, and finds what it followed', async () => {
    const work = em();
    const author = work.create(Author, { id: 1, name: 'Le Guin' });
    work.create(Book, { id: 1, title: 'A Wizard of Earthsea', year: 1968, author });
    work.create(Book, { id: 2, title: 'The Tombs of Atuan', year: 1971, author });
    await work.flush();
    await app.get(SearchService).settled();
    expect(await app.get(Library).titles('wizard tombs')).toEqual(['A Wizard of Earthsea', 'The Tombs of Atuan']);

    author.name = 'Ursula K. Le Guin';
    await work.flush();
    await app.get(SearchService).settled();
    const { authors } = await app
      .get(Library)
      .books.aggregate((query) => query.aggregate((a) => ({ authors: a.terms('author.name') })));
    expect(authors.buckets).toEqual([{ key: 'Ursula K. Le Guin', count: 2 }]);
  });

  it('says which part of a search needs a real engine', async () => {
    const fuzzy = app
      .get(Library)
      .books.search((query) => query.must((q) => q.match('title', 'wizzard', { fuzziness: 'AUTO' })));
    await expect(fuzzy).rejects.toThrow(SearchUnclaimedError);
    await expect(fuzzy).rejects.toThrow('`fuzziness` of the query match');
  });
});
