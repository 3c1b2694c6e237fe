import { Collection, raw, type Rel } from '@mikro-orm/core';
import { Entity, Filter, ManyToMany, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, type EntityClass, type IndexedOptions } from '@rookery/search';
import { complaintsOf } from './complaints-of.js';

/** The complaints about these entities, one per line; none when the model is whole. */
function complaints(...entities: EntityClass[]): string[] {
  return complaintsOf(entities).map(
    ({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}${remedy.endsWith('?') ? '' : '.'}`,
  );
}

@Entity()
class Writer {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
}

interface NoteRow {
  id: number;
  slug: string;
  code: string;
  maybe?: string | null;
  text: string;
  shout?: string;
  writer: Writer & { unwrap(): Writer; $: Writer };
  readers: Writer[] & { getItems(): Writer[] };
}

/** An entity with these options. */
function noteWith(options: IndexedOptions): EntityClass {
  @Entity()
  @Filter({ name: 'kept', cond: { maybe: null } })
  @Filter({ name: 'tenant', cond: ({ of }) => ({ [(of as { id: string }).id === 'a' ? 'tenant' : 'slug']: 'x' }) })
  @Filter({ name: 'slow', cond: () => Promise.resolve({ maybe: null }) })
  @Unique({ properties: ['code'] })
  @Indexed({ name: 'notes', ...options })
  class Note {
    @PrimaryKey() id!: number;
    @Property({ type: 'string' }) @Unique() slug!: string;
    @Property({ type: 'string' }) code!: string;
    @Property({ type: 'string', unique: true, nullable: true }) maybe?: string | null;
    @SearchField() @Property({ type: 'text' }) text!: string;
    @Property({ type: 'string', persist: false }) shout?: string;
    @ManyToOne(() => Writer) writer!: Rel<Writer>;
    @ManyToMany(() => Writer) readers = new Collection<Writer>(this);
  }
  return Note;
}

describe('complaints about', () => {
  const other = 'Use one of: id, slug, code, maybe.';
  const template = 'Make it from one unique property, as it is: id: ({ slug }) => `book:${slug}`.';
  it.each<[string, IndexedOptions['id'], string]>([
    ['unknown', 'slog', `Note: has the \`id\` 'slog', which is no mapped property. ${other}`],
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
      "Note: has the `routing` 'maybe', which may be null. Make the column not null, or give a function that handles null.",
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
        'Writer.nmae: is read, and is neither a mapped property nor a getter. Use one of: id, name.',
        'Note.titel: is read, and is neither a mapped property nor a getter. Use one of: id, slug, code, maybe, text, shout, writer, readers.',
      ],
    );
  });

  it.each<[string, IndexedOptions, string[]]>([
    ['no property', { where: { txet: 'a' } }, ['`txet` is no property of Note. Did you mean `text`?']],
    [
      'no property of a relation',
      { where: { $or: [{ writer: { nmae: 'a' } }, { readers: { $some: { nom: 'a' } } }] } },
      [
        '`writer.nmae` is no property of Writer. Did you mean `name`?',
        '`readers.nom` is no property of Writer. Use one of: id, name.',
      ],
    ],
    [
      'no operator',
      { where: { id: { $gte: 1, $ltt: 5 } } },
      ["`id.$ltt` is no operator of the ORM's conditions there. Did you mean `$lt`?"],
    ],
    [
      'no group',
      { where: { $xor: [] } as never },
      ["`$xor` is no operator of the ORM's conditions there. Did you mean `$or`?"],
    ],
    ['undefined', { where: { text: undefined } }, ['`text` is undefined. Leave it out, or write null for no value.']],
    ['a key', { where: 5 as never }, ['`where` is 5, and no conditions. Name columns: where: { deletedAt: null }.']],
    [
      'raw SQL',
      { where: { [raw('lower(text)')]: 'a' } },
      [
        "`where` holds raw SQL, whose columns cannot be determined. Write it as the ORM's conditions, or decide it in code: @Indexed({ when: (row) => …, reads }).",
      ],
    ],
    [
      'raw SQL as a value',
      { where: { id: { $gt: raw('length(text)') } } },
      [
        "`id` holds raw SQL, whose columns cannot be determined. Write it as the ORM's conditions, or decide it in code: @Indexed({ when: (row) => …, reads }).",
      ],
    ],
    [
      'no column',
      { where: { shout: 'A' } },
      [
        '`shout` is no column, so the database cannot compare it. Name a column, or decide it in code: @Indexed({ when: (row) => …, reads }).',
      ],
    ],
  ])('a condition over %s', (_what, options, problems) => {
    expect(complaints(Writer, noteWith(options))).toEqual(
      problems.map((problem) => `Note: has a condition whose ${problem}`),
    );
  });

  it.each<[string, IndexedOptions, string]>([
    [
      'unknown',
      { filters: ['keept'] },
      "names the filter 'keept', which the entity does not define. Did you mean 'kept'?",
    ],
    [
      'with a value that is none',
      { filters: { kept: 5 as never } },
      "has 5 for the filter 'kept'. Give true, or its parameters: filters: { tenant: { id: 1 } }.",
    ],
    [
      'without its parameters',
      { filters: ['tenant'] },
      "names the filter 'tenant', whose condition throws: Cannot read properties of undefined (reading 'id'). Give its parameters: filters: { tenant: { id: 1 } }; for what needs an entity manager or waits, write `where` or `when`.",
    ],
    [
      'asynchronous',
      { filters: ['slow'] },
      "names the filter 'slow', whose condition is made asynchronously. Give its parameters: filters: { tenant: { id: 1 } }; for what needs an entity manager or waits, write `where` or `when`.",
    ],
    [
      'over no property',
      { filters: { tenant: { of: { id: 'a' } } } },
      'has a condition whose `tenant` is no property of Note. Use one of: id, slug, code, maybe, text, shout, writer, readers.',
    ],
  ])('a filter %s', (_what, options, problem) => {
    expect(complaints(Writer, noteWith(options))).toEqual([`Note: ${problem}`]);
  });

  it.each<[string, IndexedOptions<NoteRow>, string[]]>([
    ['text', { when: 'true' as never }, ["is 'true', and no function. Give when: (row) => boolean"]],
    [
      'over a relation that is not loaded',
      { when: ({ writer }) => writer.name === 'a' },
      ["over `writer.name`, which is not read. Add 'writer.name' to `reads`"],
    ],
    [
      'over a collection that is not loaded',
      { when: ({ readers }) => readers.length > 0 },
      ["over `readers`, which is not read. Add 'readers' to `reads`"],
    ],
    [
      'over other columns than it says',
      { when: ({ slug, code, writer }) => slug === 'a' || (code === '' && writer !== null), reads: ['slug'] },
      [
        "over `code`, which is not read. Add 'code' to `reads`",
        "over `writer`, which is not read. Add 'writer' to `reads`",
      ],
    ],
    [
      'over another column of a relation than it says',
      { when: ({ writer }) => writer.unwrap().name === 'a', reads: ['writer.id'] },
      ["over `writer.name`, which is not read. Add 'writer.name' to `reads`"],
    ],
  ])('a `when` %s', (_what, options, problems) => {
    const mark = problems[0]!.startsWith('is') ? 'that' : '';
    expect(complaints(Writer, noteWith(options))).toEqual(
      problems.map((problem) => `Note: has a \`when\` ${mark}${mark && ' '}${problem}.`),
    );
  });

  it.each<[IndexedOptions<NoteRow>]>([
    [{ when: ({ slug, code, writer }) => slug === code && writer.id > 1 }],
    [{ when: ({ writer }) => writer.name === 'a', reads: ['writer'] }],
    [{ when: ({ writer }) => writer.$.name === 'a', reads: ['writer.name'] }],
    [{ when: ({ readers }) => readers.getItems().every(({ name }) => name !== ''), reads: ['readers.name'] }],
    [{ when: ({ shout }) => shout !== '' }],
    [{ where: { $not: { text: { $like: 'a%' } }, writer: [1, 2], readers: { $none: { name: 'b' } }, maybe: null } }],
    [{ filters: { kept: true, tenant: { of: { id: 'slug' } }, slow: false } }],
  ])('no condition like %p', (options) => {
    expect(complaints(Writer, noteWith(options))).toEqual([]);
  });

  it('a part of a key alone, and bytes as a key', () => {
    @Entity()
    @Indexed({ id: 'a' })
    class Pair {
      @PrimaryKey({ type: 'integer' }) a!: number;
      @PrimaryKey({ type: 'integer' }) b!: number;
      @SearchField() @Property({ type: 'text' }) text!: string;
    }
    @Entity()
    @Indexed()
    class Whole {
      @PrimaryKey({ type: 'integer' }) a!: number;
      @PrimaryKey({ type: 'integer' }) b!: number;
      @SearchField() @Property({ type: 'text' }) text!: string;
    }
    @Entity()
    @Indexed()
    class Blob {
      @PrimaryKey({ type: 'blob' }) hash!: Buffer;
      @SearchField() @Property({ type: 'text' }) text!: string;
    }
    expect(complaints(Pair, Whole, Blob)).toEqual([
      "Pair: has the `id` 'a', which is not unique: two rows would share a document. Add @Unique() to it, or leave `id` out: the whole key makes the id.",
      'Blob: has a key of bytes, which no id can be made of. Name another property: @Indexed({ id }).',
    ]);
  });

  it('`where` of what is no collection', () => {
    @Entity()
    @Indexed()
    class Letter {
      @PrimaryKey() id!: number;
      @SearchField({ where: { text: 'a' } }) @Property({ type: 'text' }) text!: string;
      @SearchField({ include: ['name'], where: { name: 'a' } }) @ManyToOne(() => Writer) writer!: Rel<Writer>;
      @SearchField({ include: ['name'], where: { nmae: 'a' } })
      @ManyToMany(() => Writer)
      readers = new Collection<Writer>(this);
    }
    expect(complaints(Writer, Letter)).toEqual([
      'Letter.text: has `where`, but is no collection. Leave it out: @Indexed({ where }) chooses among rows.',
      'Letter.writer: has `where`, but is no collection. Choose among rows by it: @Indexed({ where: { writer: { … } } }).',
      'Letter.readers: has a condition whose `nmae` is no property of Writer. Did you mean `name`?',
    ]);
  });

  it.each(['rank_feature', 'nosuch', '__proto__'])('parameters of a field type that is not listed: %p', (type) => {
    @Entity()
    @Indexed({ name: 'ranked' })
    class Ranked {
      @PrimaryKey() id!: number;
      @SearchField({ type, ignoreAbove: 5, nullValue: 1 } as never) @Property({ type: 'integer' }) rank!: number;
    }
    expect(complaints(Ranked)).toEqual([
      expect.stringMatching(
        /^Ranked\.rank: has `.*ignoreAbove.*` with the type `.*`, whose parameters are not known\. Use one of the types text, .*@Indexed\(\{ properties \}\)\.$/,
      ),
    ]);
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
      'Note.more: has `analyzer`, which `keyword` does not accept. Leave it out, or change the type (`keyword` accepts: index, docValues, store, normalizer, ignoreAbove, nullValue, similarity, norms, eagerGlobalOrdinals, splitQueriesOnWhitespace).',
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
