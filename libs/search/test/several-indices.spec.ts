import { MikroORM } from '@mikro-orm/postgresql';
import { type Rel } from '@mikro-orm/core';
import { Entity, ManyToOne, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  Indexed,
  InjectSearchRepository,
  SearchField,
  searchEntities,
  SearchModelError,
  SearchModule,
  SearchRepository,
  SearchService,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { describeWith } from '@rookery/services';
import { OPENSEARCH_URL, startSearch, type Running } from './harness.js';

@Entity()
class Shelf {
  @PrimaryKey() id!: number;
  @SearchField({ in: 'suggestions', type: 'keyword' })
  @SearchField({ type: 'text' })
  @Property({ type: 'string' })
  label!: string;
}

@Entity()
@Indexed({ name: 'volumes' })
@Indexed({ name: 'suggestions', dynamic: false })
@Indexed({ name: 'volumes-v2-x' })
class Volume {
  @PrimaryKey() id!: number;
  @SearchField({ in: 'suggestions', type: 'search_as_you_type' })
  @SearchField({ analyzer: 'english' })
  @Property({ type: 'text' })
  title!: string;
  @SearchField({ in: ['volumes', 'volumes-v2-x'] }) @Property({ type: 'integer' }) pages!: number;
  @SearchField({ in: ['volumes', 'suggestions'], include: ['label'] }) @ManyToOne(() => Shelf) shelf!: Rel<Shelf>;
}

@Entity()
@Indexed({ name: 'copies' })
@Indexed({ name: 'copies' })
class Copy {
  @PrimaryKey() id!: number;
  @SearchField({ in: 'copy' }) @Property({ type: 'string' }) one!: string;
  @SearchField({ analyzer: 'english' }) @SearchField() @Property({ type: 'string' }) two!: string;
  @SearchField({ in: ['copies'] })
  @SearchField({ in: 'copies', type: 'keyword' })
  @Property({ type: 'string' })
  three!: string;
}

@Entity()
@Indexed({ name: 'tapes' })
@Indexed({ name: 'tape-log', engine: 'logs' })
class Tape {
  @PrimaryKey() id!: number;
  @SearchField() @Property({ type: 'string' }) title!: string;
}

it('may be on several engines: each search has its own', () => {
  const orm = new MikroORM({ entities: [Tape], dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const engine = openSearch({ node: 'http://127.0.0.1:9' });
  const [plain, logs] = [new SearchService(orm, { engine }), new SearchService(orm, { engine, name: 'logs' })];
  expect([plain, logs].map((search) => search.indices.map(({ name }) => name))).toEqual([['tapes'], ['tape-log']]);
  expect([plain.repository(Tape).indexName, logs.repository(Tape).indexName]).toEqual(['tapes', 'tape-log']);
  expect(() => plain.repository(Tape, 'tape-log')).toThrow("Tape: has no index 'tape-log' here. Use one of: tapes.");
});

@Injectable()
class Desk {
  constructor(
    @InjectSearchRepository(Volume) readonly volumes: SearchRepository<Volume>,
    @InjectSearchRepository(Volume, 'suggestions') readonly suggestions: SearchRepository<Volume>,
  ) {}
}

const ENTITIES = [Shelf, Volume, ...searchEntities] as never;

it('complains of names that are no index, and of two descriptions for one', () => {
  const orm = new MikroORM({ entities: [Copy], dbName: 'none', metadataProvider: ReflectMetadataProvider });
  const judge = () => new SearchService(orm, { engine: openSearch({ node: 'http://127.0.0.1:9' }) });
  expect(judge).toThrow(SearchModelError);
  expect(judge).toThrow(
    [
      'The search model has 4 mistakes:',
      "  - Copy: shares the index name 'copies' with Copy. Give one of them another @Indexed({ name }).",
      "  - Copy.one: is for the index 'copy', which is none. Use one of: copies.",
      '  - Copy.two: has two @SearchField for every index. Keep one, or name the index of the other: @SearchField({ in }).',
      "  - Copy.three: has two @SearchField for the index 'copies'. Keep one, or name the index of the other: @SearchField({ in }).",
    ].join('\n'),
  );
});

describeWith('postgres', 'postgres', () =>
  describeWith('opensearch', 'an entity in several indices', () => {
    let running: Running;
    const volumes = (index?: string) => running.search.repository(Volume, index);
    const documents = async () =>
      Object.fromEntries(
        await Promise.all(
          running.search.indices.map(async ({ name }) => [name, (await volumes(name).get(1))?.source] as const),
        ),
      );

    beforeAll(async () => {
      running = await startSearch({ sync: 'outbox' }, ENTITIES);
      const em = running.orm.em.fork();
      em.create(Volume, {
        id: 1,
        title: 'The Running Rooks',
        pages: 7,
        shelf: em.create(Shelf, { id: 1, label: 'Top' }),
      });
      await em.flush();
      await running.search.settled();
    }, 30_000);
    afterAll(() => running.stop(), 30_000);

    it('has a document of its own in each', async () => {
      expect(running.search.indices.map(({ name }) => name)).toEqual(['volumes', 'suggestions', 'volumes-v2-x']);
      expect(await documents()).toEqual({
        volumes: { title: 'The Running Rooks', pages: 7, shelf: { label: 'Top' } },
        suggestions: { title: 'The Running Rooks', shelf: { label: 'Top' } },
        'volumes-v2-x': { title: 'The Running Rooks', pages: 7 },
      });
    });

    it('is mapped by the @SearchField that names the index, else by the one for all, in included relations too', async () => {
      expect(await volumes().count((q) => q.must((c) => c.match('title', 'rook run')))).toBe(1);
      expect(
        await volumes('suggestions').count((q) =>
          q.must((c) => c.multiMatch(['title', 'title._2gram'], 'the runn', { type: 'bool_prefix' })),
        ),
      ).toBe(1);
      expect(await volumes('suggestions').count((q) => q.filter((c) => c.term('shelf.label', 'Top')))).toBe(1);
      expect(() => volumes().query().sort('shelf.label').toBody()).toThrow('`shelf.label` is text');
      expect(volumes()).toBe(volumes('volumes'));
    });

    it('follows a change of the row, of a related row and a delete in each', async () => {
      const em = running.orm.em.fork();
      const volume = await em.findOneOrFail(Volume, 1, { populate: ['shelf'] });
      [volume.title, volume.shelf.label] = ['A Book of Jackdaws', 'Low'];
      await em.flush();
      await running.search.settled();
      expect(await documents()).toEqual({
        volumes: { title: 'A Book of Jackdaws', pages: 7, shelf: { label: 'Low' } },
        suggestions: { title: 'A Book of Jackdaws', shelf: { label: 'Low' } },
        'volumes-v2-x': { title: 'A Book of Jackdaws', pages: 7 },
      });
      await em.remove(volume).flush();
      await running.search.settled();
      expect(Object.values(await documents())).toEqual([undefined, undefined, undefined]);
    });

    it('is verified, repaired and rebuilt index by index, by name', async () => {
      const em = running.orm.em.fork();
      em.create(Volume, { id: 2, title: 'Two', pages: 2, shelf: em.getReference(Shelf, 1) });
      await em.flush();
      await running.search.settled();
      await volumes('suggestions').delete(2, { refresh: true });
      const drift = async (name: string) => {
        const found = [];
        for await (const one of running.search.migrations.verify(name)) found.push(one);
        return found;
      };
      expect(await drift('suggestions')).toEqual([{ key: 2, drift: 'missing' }]);
      expect(await drift('volumes')).toEqual([]);
      expect(await running.search.migrations.repair('suggestions')).toEqual({ missing: 1, orphaned: 0, outdated: 0 });
      await running.search.recreateIndex('suggestions');
      expect(await volumes('suggestions').count()).toBe(0);
      expect(await volumes('suggestions').indexAll()).toEqual({ done: 1, total: 1 });
      expect(await volumes().count()).toBe(1);
    });

    it('leaves an index alone whose name only begins like that of another', async () => {
      expect(await running.search.migrations.prune('volumes')).toEqual([]);
      expect(await volumes('volumes-v2-x').exists(2)).toBe(true);
    });

    it('gives a repository for each to whom Nest injects it', async () => {
      const database = {
        module: class Database {},
        global: true,
        providers: [{ provide: MikroORM, useValue: running.orm }],
        exports: [MikroORM],
      };
      const options = {
        engine: openSearch({ node: OPENSEARCH_URL }),
        prefix: 'never-made',
        sync: 'manual',
        createIndices: false,
      } as const;
      const features = { module: class Features {}, imports: [SearchModule.forFeature([Volume])], providers: [Desk] };
      const nest = await Test.createTestingModule({
        imports: [database, SearchModule.forRoot({ ...options, orm: MikroORM }), features],
      }).compile();
      const { volumes: first, suggestions } = nest.get(Desk, { strict: false });
      expect([first.indexName, suggestions.indexName]).toEqual(['never-made-volumes', 'never-made-suggestions']);
      await nest.close();
    });

    it('names the indices that there are when asked for another', async () => {
      expect(() => volumes('volume')).toThrow(
        "Volume: has no index 'volume' here. Use one of: volumes, suggestions, volumes-v2-x.",
      );
      await expect(running.search.recreateIndex('nope')).rejects.toThrow(
        "'nope': is no index of this search. Use one of: volumes, suggestions, volumes-v2-x.",
      );
    });
  }),
);
