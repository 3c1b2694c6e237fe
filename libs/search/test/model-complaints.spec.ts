import { Collection, type Rel } from '@mikro-orm/core';
import {
  Entity,
  ManyToMany,
  ManyToOne,
  PrimaryKey,
  Property,
  ReflectMetadataProvider,
  Unique,
} from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import {
  Indexed,
  SearchField,
  SearchModelError,
  SearchService,
  type EntityClass,
  type IndexedOptions,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';

const engine = openSearch({ node: 'http://127.0.0.1:9' });
afterAll(() => engine.close());

/** The complaints about these entities, one per line; none when the model is whole. */
function complaints(...entities: EntityClass[]): string[] {
  const orm = new MikroORM({ entities: entities as never, dbName: 'none', metadataProvider: ReflectMetadataProvider });
  try {
    new SearchService(orm, { engine });
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SearchModelError);
    return (error as SearchModelError).complaints.map(
      ({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}.`,
    );
  }
}

@Entity()
class Writer {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

/** An entity with these options. */
function noteWith(options: IndexedOptions): EntityClass {
  @Entity()
  @Unique({ properties: ['code'] })
  @Indexed({ name: 'notes', ...options })
  class Note {
    @PrimaryKey() id!: number;
    @Property({ type: 'string' }) @Unique() slug!: string;
    @Property({ type: 'string' }) code!: string;
    @Property({ type: 'string', unique: true, nullable: true }) maybe?: string | null;
    @SearchField() @Property({ type: 'text' }) text!: string;
    @ManyToOne(() => Writer) writer!: Rel<Writer>;
    @ManyToMany(() => Writer) readers = new Collection<Writer>(this);
  }
  return Note;
}

describe('complaints about', () => {
  const other = 'Use one of: id, slug, code, maybe.';
  const template = 'Make it from one unique property, as it is: id: ({ slug }) => `book:${slug}`.';
  it.each<[string, IndexedOptions['id'], string]>([
    ['unknown', 'slog', `Note: has the \`id\` 'slog', which is no property that the ORM knows. ${other}`],
    [
      'not unique',
      'text',
      "Note: has the `id` 'text', which is not unique: two rows would share a document. Add @Unique() to it, or use one of: id, slug, code, maybe.",
    ],
    [
      'null at times',
      'maybe',
      "Note: has the `id` 'maybe', which may be null: such a row could have no document. Make the column not null, or use the primary key.",
    ],
    [
      'made of two properties',
      ({ id, slug }) => `${id}${slug}`,
      `Note: has an \`id\` that reads \`id\`, \`slug\`. ${template}`,
    ],
    ['made of nothing', () => 'same', `Note: has an \`id\` that reads nothing of its row. ${template}`],
    [
      'not to be turned back',
      ({ slug }) => (slug as string).toLowerCase(),
      `Note: has an \`id\` that does not hold \`slug\` once, as it is. ${template}`,
    ],
    ['no text', ({ id }) => id as never, `Note: has an \`id\` that does not hold \`id\` once, as it is. ${template}`],
    [
      'broken',
      ({ writer }: { writer: { name: { first: string } } }) => writer.name.first,
      `Note: has an \`id\` that throws: Cannot read properties of undefined (reading 'first'). ${template}`,
    ],
  ])('an id that is %s', (_what, id, complaint) => {
    expect(complaints(Writer, noteWith({ id: id! }))).toEqual([complaint]);
  });

  it.each<[IndexedOptions['id']]>([
    ['slug'],
    ['code'],
    ['id'],
    [({ id }) => `note-${id}`],
    [({ slug }) => `${slug}.note`],
  ])('no id like %p', (id) => {
    expect(complaints(Writer, noteWith({ id: id! }))).toEqual([]);
  });

  it.each([
    [
      'writers',
      "Note: has the `routing` 'writers', which is no column of it. Name a property or a to-one relation, or give a function.",
    ],
    [
      'readers',
      "Note: has the `routing` 'readers', which is no column of it. Name a property or a to-one relation, or give a function.",
    ],
    [
      'maybe',
      "Note: has the `routing` 'maybe', which may be null. Make the column not null, or give a function that knows what to do then.",
    ],
  ])('the routing %p', (routing, complaint) => {
    expect(complaints(Writer, noteWith({ routing }))).toContain(complaint);
  });

  it('routing over several shards of each value', () => {
    expect(
      complaints(Writer, noteWith({ routing: 'writer', settings: { number_of_shards: 4, routing_partition_size: 2 } })),
    ).toEqual([
      'Note: has `routing` and the setting `routing_partition_size`, under which a document that moves cannot be found. Leave out one of them.',
    ]);
  });

  it('a part of each document that is not kept', () => {
    expect(complaints(Writer, noteWith({ mapping: { _source: { enabled: false } } }))).toEqual([]);
    expect(complaints(Writer, noteWith({ mapping: { _source: { excludes: ['text'] } } }))).toEqual([
      'Note: has a mapping whose `_source` keeps only a part of each document, which then always differs from its row. Leave fields out by query().source(…), or all by _source: { enabled: false }.',
    ]);
  });

  it('paths that a hook reads', () => {
    expect(complaints(Writer, noteWith({ reads: ['text', 'writer', 'writer.nmae', 'titel', 'readers.name'] }))).toEqual(
      [
        'Writer.nmae: is read, and is no property that the ORM knows, and no getter. Use one of: id, name.',
        'Note.titel: is read, and is no property that the ORM knows, and no getter. Use one of: id, slug, code, maybe, text, writer, readers.',
      ],
    );
  });

  it('two fields of one name', () => {
    expect(
      complaints(
        Writer,
        noteWith({
          properties: { text: { type: 'keyword' }, more: { type: 'keyword', analyzer: 'english' } as never },
        }),
      ),
    ).toEqual([
      'Note.more: has `analyzer`, which `keyword` does not take. Leave it out, or change the type (`keyword` takes: index, docValues, store, normalizer, ignoreAbove, nullValue, similarity, norms, eagerGlobalOrdinals, splitQueriesOnWhitespace).',
      'Note.text: is mapped twice: as `text` by @SearchField, as `keyword` by @Indexed({ properties }). Keep one, or give one another name.',
    ]);
  });

  it('no cycle: what is included is listed, so a document ends where its paths end', () => {
    @Entity()
    @Indexed()
    class Branch {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['id', 'parent.id', 'parent.parent.id'] })
      @ManyToOne(() => Branch, { nullable: true })
      parent?: Rel<Branch> | null;
    }
    @Entity()
    @Indexed()
    class Endless {
      @PrimaryKey() id!: number;
      @SearchField({ include: ['id', 'parent'] })
      @ManyToOne(() => Endless, { nullable: true })
      parent?: Rel<Endless> | null;
    }
    expect(complaints(Branch)).toEqual([]);
    expect(complaints(Endless)).toEqual([
      "Endless.parent: is a relation without `include`. Name what to embed of it: include: ['id', …].",
    ]);
  });
});
