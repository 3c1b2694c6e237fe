import { Entity, PrimaryKey, Property, ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import {
  Indexed,
  SearchField,
  SearchModelError,
  SearchService,
  type EntityClass,
  type SearchEngine,
} from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { uniqueName } from './harness.js';

// Spread at each use: the ORM keeps what it is given, and writes column names into it.
const JSON_COLUMN = { type: 'json', nullable: true } as const;
const TEXT_COLUMN = { type: 'text', nullable: true } as const;

@Entity()
@Indexed({ settings: { similarity: { flat: { type: 'boolean' } } } })
class Everything {
  @PrimaryKey() id!: number;
  @SearchField({
    type: 'text',
    analyzer: 'english',
    searchAnalyzer: 'standard',
    searchQuoteAnalyzer: 'standard',
    similarity: 'flat',
    indexOptions: 'offsets',
    termVector: 'with_positions_offsets',
    positionIncrementGap: 5,
    indexPhrases: true,
    indexPrefixes: { min_chars: 1, max_chars: 5 },
    copyTo: 'all',
    fields: {
      raw: { type: 'keyword', ignoreAbove: 3, normalizer: 'lowercase' },
      typed: { type: 'search_as_you_type', maxShingleSize: 3 },
      words: { type: 'token_count', analyzer: 'standard' },
      wild: { type: 'wildcard' },
    },
  })
  @Property({ ...TEXT_COLUMN })
  title?: string;
  @SearchField({ type: 'text', store: true, norms: false }) @Property({ ...TEXT_COLUMN }) all?: string;
  @SearchField({
    type: 'keyword',
    nullValue: 'none',
    eagerGlobalOrdinals: true,
    splitQueriesOnWhitespace: true,
    docValues: true,
  })
  @Property({ ...TEXT_COLUMN })
  tag?: string | null;
  @SearchField({
    type: 'completion',
    maxInputLength: 20,
    preserveSeparators: false,
    contexts: [{ name: 'kind', type: 'category' }],
  })
  @Property({ ...JSON_COLUMN })
  suggest?: object;
  @SearchField({ type: 'scaled_float', scalingFactor: 100, coerce: false, ignoreMalformed: true })
  @Property({ ...JSON_COLUMN })
  price?: unknown;
  @SearchField({ type: 'date', format: 'yyyy||epoch_millis', nullValue: '1970', ignoreMalformed: true })
  @Property({ ...TEXT_COLUMN })
  year?: string;
  @SearchField({ type: 'ip' }) @Property({ ...TEXT_COLUMN }) address?: string;
  @SearchField({ type: 'geo_point', ignoreZValue: true }) @Property({ ...JSON_COLUMN }) place?: object;
  @SearchField({ type: 'geo_shape' }) @Property({ ...JSON_COLUMN }) area?: object;
  @SearchField({ type: 'integer_range', coerce: true }) @Property({ ...JSON_COLUMN }) ages?: object;
  @SearchField({ type: 'date_range', format: 'yyyy-MM-dd' }) @Property({ ...JSON_COLUMN }) term?: object;
  @SearchField({ type: 'ip_range' }) @Property({ ...TEXT_COLUMN }) net?: string;
  @SearchField({ type: 'flat_object' }) @Property({ ...JSON_COLUMN }) labels?: object;
  @SearchField({ type: 'object', enabled: false }) @Property({ ...JSON_COLUMN }) opaque?: object;
  @SearchField({ type: 'half_float', nullValue: 1.5 }) @Property({ ...JSON_COLUMN }) half?: number | null;
  @SearchField({ type: 'join', relations: { question: ['answer'] } }) @Property({ ...TEXT_COLUMN }) kind?: string;
}

@Entity()
@Indexed({ settings: { 'index.knn': true } })
class Embedding {
  @PrimaryKey() id!: number;
  @SearchField({ type: 'knn_vector', dimension: 3, method: { name: 'hnsw', engine: 'lucene', space_type: 'l2' } })
  @Property({ ...JSON_COLUMN })
  vector!: number[];
}

const ormOf = (...entities: EntityClass[]) =>
  new MikroORM({ entities: entities as never, dbName: 'none', metadataProvider: ReflectMetadataProvider });

async function withIndex(
  engine: SearchEngine,
  entity: EntityClass,
  run: (search: SearchService) => Promise<void>,
): Promise<void> {
  const orm = ormOf(entity);
  const search = new SearchService(orm, { engine, prefix: uniqueName(), sync: 'manual' });
  try {
    await search.ensureIndices();
    await run(search);
  } finally {
    await search.repository(entity).control.delete();
    await orm.close(true);
  }
}

describe.each(['opensearch', 'opensearch2'] as const)('field types and parameters', (service) => {
  describeWith(service, service, (node) => {
    const engine = openSearch({ node });
    afterAll(() => engine.close());

    it('differ in nothing from what the engine gives back', () =>
      withIndex(engine, Everything, async (search) => {
        const { alias } = search.indices[0]!;
        const another = JSON.stringify({ _meta: { rookery: { hash: 'another' } } });
        await fetch(`${node}/${alias}/_mapping`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: another,
        });
        expect(await search.migrations.plan(Everything)).toMatchObject({ action: 'additive', differences: [] });
      }));

    it(
      'are taken by the engine, and mean what they say',
      () =>
        withIndex(engine, Everything, async (search) => {
          const repository = search.repository(Everything);
          const document = {
            title: 'The Union of States',
            tag: null,
            suggest: { input: ['Union'], contexts: { kind: 'a' } },
            price: 'no price',
            year: '1862',
            address: '10.1.2.3',
            place: { lat: 38.9, lon: -77 },
            area: { type: 'point', coordinates: [-77, 38.9] },
            ages: { gte: 10, lt: 20 },
            term: { gte: '1861-03-04', lte: '1865-04-15' },
            net: '10.0.0.0/8',
            labels: { color: { name: 'blue' } },
            opaque: { any: { thing: 1 } },
            half: null,
            kind: 'question',
          };
          await repository.bulk([{ action: 'index', id: 1, document }], { refresh: true });
          const matching: object[] = [
            { match: { all: 'union' } },
            { match_phrase: { all: 'union of states' } },
            { term: { tag: 'none' } },
            { term: { 'title.words': 4 } },
            { wildcard: { 'title.wild': '*Union*' } },
            { term: { ages: 15 } },
            { term: { term: '1863-01-01' } },
            { term: { net: '10.9.9.9' } },
            { term: { address: '10.0.0.0/8' } },
            { term: { 'labels.color.name': 'blue' } },
            { term: { half: 1.5 } },
            { range: { year: { gte: '1860', lte: '1870' } } },
            { term: { kind: 'question' } },
            { geo_distance: { distance: '5km', place: { lat: 38.9, lon: -77 } } },
            { match_bool_prefix: { 'title.typed': 'the uni' } },
          ];
          const found = await repository.searchMany(matching.map((query) => repository.query().raw({ query })));
          expect(found.map(({ total }, at) => [matching[at], total])).toEqual(matching.map((query) => [query, 1]));
          const absent: object[] = [
            { exists: { field: 'price' } },
            { exists: { field: 'title.raw' } },
            { term: { ages: 20 } },
            { term: { 'opaque.any.thing': 1 } },
            { match_phrase: { title: 'union of states' } },
          ];
          // The last: what is searched for as a phrase is not stemmed here, what is indexed is.
          expect(
            (await repository.searchMany(absent.map((query) => repository.query().raw({ query })))).map(
              ({ total }) => total,
            ),
          ).toEqual([0, 0, 0, 0, 0]);
        }),
      30_000,
    );
  });
});

describeWith('opensearch2', 'a knn_vector (2.19 brings the plugin)', (node) => {
  const engine = openSearch({ node });
  afterAll(() => engine.close());

  it(
    'is found by its neighbours',
    () =>
      withIndex(engine, Embedding, async (search) => {
        const repository = search.repository(Embedding);
        await repository.bulk(
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ].map((vector, id) => ({ action: 'index', id, document: { vector } })),
          { refresh: true },
        );
        const page = await repository
          .query()
          .raw({ query: { knn: { vector: { vector: [0.1, 0.9, 0], k: 1 } } } })
          .search();
        expect(page.hits[0]!.id).toBe('1');
      }),
    30_000,
  );
});

@Entity()
@Indexed({ name: 'mistakes' })
class Mistakes {
  @PrimaryKey() id!: number;
  @SearchField({ copyTo: 'nowhere' }) @Property({ type: 'text' }) a!: string;
  @SearchField({ type: 'text', similarity: 'mine' }) @Property({ type: 'text' }) b!: string;
  @SearchField({ type: 'scaled_float' }) @Property({ type: 'double' }) c!: number;
  @SearchField({ type: 'knn_vector' }) @Property({ ...JSON_COLUMN }) d!: number[];
  @SearchField({ type: 'text', searchQuoteAnalyzer: 'none such' }) @Property({ type: 'text' }) e!: string;
  @SearchField({ type: 'keyword', fields: { words: { type: 'token_count' } as never } })
  @Property({ type: 'text' })
  f!: string;
  @SearchField({ type: 'flat_object', analyzer: 'english' } as never) @Property({ ...JSON_COLUMN }) g!: object;
}

describe('a model with fields that OpenSearch would refuse', () => {
  it.each([
    "Mistakes.a: is copied to 'nowhere', which is no field. Use one of: a, b, c, d, e, f, g.",
    "Mistakes.b: names the similarity 'mine', which is neither built in nor defined. Define it in @Indexed({ settings: { similarity: { mine: … } } }), or use one of: BM25, LegacyBM25, boolean.",
    "Mistakes.c: is `scaled_float` without `scalingFactor`. Add it: @SearchField({ type: 'scaled_float', scalingFactor: … }).",
    "Mistakes.d: is `knn_vector` without `dimension`. Add it: @SearchField({ type: 'knn_vector', dimension: … }).",
    "Mistakes.e: names the analyzer 'none such', which is neither built in nor defined.",
    "Mistakes.f.words: is `token_count` without `analyzer`. Add it: @SearchField({ type: 'token_count', analyzer: … }).",
    'Mistakes.g: has `analyzer`, which `flat_object` does not accept. Leave it out, or change the type (`flat_object` accepts: none).',
  ])('%s', (complaint) => {
    const make = (): unknown =>
      new SearchService(ormOf(Mistakes), { engine: openSearch({ node: 'http://127.0.0.1:9' }) });
    expect(make).toThrow(SearchModelError);
    expect(make).toThrow(complaint);
    expect(make).toThrow('has 7 mistakes');
  });
});
