import { Collection } from '@mikro-orm/core';
import { Entity, ManyToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, searchEntities } from '@rookery/search';
import { startSearch, type Running } from '../sync/running.js';

@Entity()
class Label {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) text!: string;
  @ManyToMany(() => Note, (note) => note.labels) notes = new Collection<Note>(this);
}

@Entity()
@Indexed({ name: 'notes', settings: { number_of_shards: 1 } })
class Note {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'text' }) title!: string;
  @SearchField({ include: ['text'] }) @ManyToMany(() => Label) labels = new Collection<Label>(this);
}

const MEMBERS = 3_000;

describe('a collection of 3,000', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startSearch('postgres', { relay: false }, [Label, Note, ...searchEntities]);
    await running.orm.em
      .fork()
      .getConnection()
      .execute(
        `insert into label (id, text) values (1, 'big'), (2, 'small');
         insert into note (id, title) select id, 'note ' || id from generate_series(1, ${MEMBERS + 1}) id;
         insert into note_labels (note_id, label_id) select id, 1 from generate_series(1, ${MEMBERS}) id`,
      );
  }, 60_000);
  afterAll(() => running.stop(), 30_000);

  const rowsOf = async (change: (label: Label) => void): Promise<object[]> => {
    const em = running.orm.em.fork();
    await em.getConnection().execute('delete from search_outbox');
    change(await em.findOneOrFail(Label, 1, { populate: ['notes'] }));
    await em.flush();
    return em.getConnection().execute('select path, row_key from search_outbox order by id');
  };

  it('is one row of the outbox when one member comes', async () => {
    const rows = await rowsOf((label) => label.notes.add(running.orm.em.fork().getReference(Note, MEMBERS + 1)));
    expect(rows).toEqual([{ path: '', row_key: String(MEMBERS + 1) }]);
  });

  it('is one row when one member goes', async () => {
    const rows = await rowsOf((label) => label.notes.remove(label.notes[6]!));
    expect(rows).toEqual([{ path: '', row_key: '7' }]);
  });

  it('is one row when the text changes that all of them hold', async () => {
    const rows = await rowsOf((label) => void (label.text = 'bigger'));
    expect(rows).toEqual([{ path: 'labels', row_key: '1' }]);
  });
});
