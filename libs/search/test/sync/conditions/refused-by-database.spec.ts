import { Collection, type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, SearchModelError, SearchService, type EntityClass } from '@rookery/search';
import { createDatabase, type TestORM } from '../database.js';
import { engineOf, uniquePrefix } from '../running.js';

@Entity()
@Indexed<Offer>({ name: 'offers', where: { price: 'abc' as never } })
class Offer {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'integer' }) price!: number;
}

@Entity()
@Indexed<Word>({ name: 'words', where: { text: { $re: '(' } } })
class Word {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) text!: string;
}

@Entity()
@Indexed<Shelf>({ name: 'shelves', where: { id: { $gt: 0 } } })
class Shelf {
  @PrimaryKey() id!: number;
  @SearchField({ include: ['width'], where: { width: 'wide' } })
  @OneToMany(() => Board, (board) => board.shelf)
  boards = new Collection<Board>(this);
}

@Entity()
class Board {
  @PrimaryKey() id!: number;
  @Property({ type: 'integer' }) width!: number;
  @ManyToOne(() => Shelf) shelf!: Rel<Shelf>;
}

describe('conditions that the database refuses', () => {
  const engine = engineOf();
  let database: { orm: TestORM; drop: () => Promise<void> } | undefined;
  afterEach(() => database?.drop(), 30_000);
  afterAll(() => engine.close());

  const start = async (...entities: EntityClass[]): Promise<SearchService> => {
    database = await createDatabase('postgres', undefined, entities);
    return new SearchService(database.orm, { engine, prefix: uniquePrefix(), createIndices: false });
  };

  it('are refused at start, all of them, by name', async () => {
    const search = await start(Offer, Word, Shelf, Board);
    await database!.orm.em.getConnection().execute("insert into word (id, text) values (1, 'a')");
    const error: unknown = await search.start().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SearchModelError);
    expect((error as SearchModelError).complaints.map(({ where, problem }) => [where, problem]).sort()).toEqual([
      [
        'Offer',
        expect.stringContaining('has a condition that the database refuses: invalid input syntax for type integer'),
      ],
      ['Shelf.boards', expect.stringContaining('invalid input syntax for type integer: "wide"')],
      ['Word', expect.stringContaining('invalid regular expression')],
    ]);
  }, 60_000);

  it('are not told from a table that is not there yet', async () => {
    const search = await start(Offer);
    await database!.orm.em.getConnection().execute('drop table offer');
    await search.start();
  }, 60_000);
});
