import { MikroORM } from '@mikro-orm/postgresql';
import { Collection, type Rel } from '@mikro-orm/core';
import {
  Entity,
  ManyToMany,
  ManyToOne,
  PrimaryKey,
  Property,
  ReflectMetadataProvider,
} from '@mikro-orm/decorators/legacy';
import { Indexed, SearchField, SearchModelError, SearchService, type SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { ENTITIES, Passage } from './entities.js';

@Entity()
class Author {
  @PrimaryKey() id!: number;
  @Property({ type: 'string' }) name!: string;
  @ManyToOne(() => Author, { nullable: true }) teacher?: Rel<Author>;
}

@Entity()
@Indexed({ name: 'Wrong Name', settings: { analysis: { analyzer: { mine: { type: 'standard' } } } } })
class Wrong {
  @PrimaryKey() id!: number;
  @SearchField() @ManyToOne(() => Author) bare!: Author;
  @SearchField({ include: ['nmae', 'teacher'] }) @ManyToOne(() => Author) author!: Author;
  @SearchField({ include: ['x'] }) @Property({ type: 'string' }) title!: string;
  @SearchField({ analyzer: 'yours' }) @Property({ type: 'text' }) text!: string;
  @SearchField({ analyzer: 'english', format: 'x' }) @Property({ type: 'integer' }) count!: number;
  @SearchField({ type: 'keyword', normalizer: 'shout' }) @Property({ type: 'string' }) code!: string;
  @SearchField() get initials(): string {
    return this.title.slice(0, 1);
  }
  @SearchField({ type: 'text' }) @ManyToMany(() => Author) authors = new Collection<Author>(this);
}

@Entity()
@Indexed()
class Bare {
  @PrimaryKey() id!: number;
}

@Entity()
@Indexed({ name: 'bare' })
class Pair {
  @PrimaryKey() a!: number;
  @PrimaryKey() b!: number;
}

describe('the model', () => {
  const engine: SearchEngine = openSearch({ node: 'http://127.0.0.1:9' });
  const orm = (entities: (abstract new () => object)[]) =>
    new MikroORM({ entities: entities as never, dbName: 'none', metadataProvider: ReflectMetadataProvider });

  it('is judged whole: every mistake in one message, each with its remedy', () => {
    let error: unknown;
    try {
      new SearchService(orm([Author, Wrong, Bare, Pair]), { engine });
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(SearchModelError);
    expect((error as Error).message.split('\n').sort()).toEqual([
      '  - Author.nmae: is neither a mapped property nor a getter. Use one of: id, name, teacher.',
      "  - Author.teacher: is a relation without `include`. Name what to embed of it: include: ['id', …].",
      '  - Bare: is @Indexed without any @SearchField. Decorate at least one property with @SearchField().',
      "  - Bare: shares the index name 'bare' with Pair. Give one of them another @Indexed({ name }).",
      '  - Pair: is @Indexed without any @SearchField. Decorate at least one property with @SearchField().',
      "  - Wrong.authors: is a relation without `include`. Name what to embed of it: include: ['id', …].",
      "  - Wrong.bare: is a relation without `include`. Name what to embed of it: include: ['id', …].",
      "  - Wrong.code: names the normalizer 'shout', which is neither built in nor defined. Define it in @Indexed({ settings: { analysis: { normalizer: { shout: … } } } }).",
      '  - Wrong.count: has `analyzer`, which `integer` does not accept. Leave it out, or change the type (`integer` accepts: index, docValues, store, nullValue, coerce, ignoreMalformed).',
      '  - Wrong.count: has `format`, which `integer` does not accept. Leave it out, or change the type (`integer` accepts: index, docValues, store, nullValue, coerce, ignoreMalformed).',
      "  - Wrong.initials: has no field type that follows from a getter. Name it: @SearchField({ type: 'keyword' }).",
      "  - Wrong.text: names the analyzer 'yours', which is neither built in nor defined. Define it in @Indexed({ settings: { analysis: { analyzer: { yours: … } } } }), or use one of: mine.",
      '  - Wrong.title: has `include`, but is no relation. Leave out `include`, or the rest of the path.',
      "  - Wrong: the index name 'Wrong Name' must be lower case. Change @Indexed({ name }) or the `prefix`.",
      'The search model has 14 mistakes:',
    ]);
  });

  it('names an entity that is indexed but not known to the ORM', () => {
    const search = new SearchService(orm(ENTITIES), { engine });
    expect(() => search.repository(Bare)).toThrow("Bare: is not an entity of the ORM. Add it to the ORM's `entities`.");
    expect(() => search.repository(Author)).toThrow('Author: is not indexed. Decorate the class with @Indexed().');
  });

  it('uses another type inference whole', () => {
    const byDefault = new SearchService(orm(ENTITIES), { engine }).repository(Passage);
    const replaced = new SearchService(orm(ENTITIES), {
      engine,
      typeInference: { infer: ({ label }) => (label === 'Passage.text' ? 'text' : 'keyword') },
    }).repository(Passage);
    expect(() => byDefault.query().sort('address.president.name').toBody()).toThrow('is text');
    expect(() => replaced.query().sort('address.president.name').toBody()).not.toThrow();
  });

  it.each([
    ['engine', { engine: {} }, 'engine must be an engine such as openSearch({ node }) (got {})'],
    ['prefix', { prefix: 'Dev' }, "prefix must be lower case (got 'Dev')"],
    ['createIndices', { createIndices: 'no' }, "createIndices must be true or false (got 'no')"],
    ['whenEngineIsDown', { whenEngineIsDown: 'wait' }, "whenEngineIsDown must be 'start' or 'refuse' (got 'wait')"],
    ['bulk.concurrency', { bulk: { concurrency: 0 } }, 'bulk.concurrency must be a whole number of 1 or more (got 0)'],
    ['bulk.retryAfterMs', { bulk: { retryAfterMs: 5 } }, 'bulk.retryAfterMs must be a function of the attempt (got 5)'],
    [
      'shutdownTimeoutMs',
      { shutdownTimeoutMs: -1 },
      'shutdownTimeoutMs must be a whole number of milliseconds, 0 or more (got -1)',
    ],
  ])('is not even read when the option %s is wrong', (_option, options, message) => {
    expect(() => new SearchService(orm(ENTITIES), { engine, ...options } as never)).toThrow(message);
  });

  it.each([
    [
      { node: 'localhost:9200' },
      "openSearch.node must be an address such as 'http://127.0.0.1:9200' (got 'localhost:9200')",
    ],
    [{ node: [] }, 'openSearch.node must name at least one address (got [])'],
    [
      { node: 'http://a', requestTimeoutMs: 0 },
      'openSearch.requestTimeoutMs must be a whole number of milliseconds, 1 or more (got 0)',
    ],
  ])('and the engine %j', (options, message) => {
    expect(() => openSearch(options)).toThrow(message);
  });
});
