import { SearchModelError } from '../errors/model.errors.js';
import type { FieldModel, IndexModel } from '../metadata/index-model.js';
import { conditionIn, defineIndices, firstIndexOf, hashOf, placementIn } from './index-definition.js';

class Book {}

const title: FieldModel = {
  kind: 'value',
  name: 'title',
  options: { type: 'text' },
  facts: undefined,
  computed: false,
};

function model(more: Partial<IndexModel> = {}, options: object = {}): IndexModel {
  return {
    entity: Book,
    name: 'books',
    primaryKey: 'id',
    identity: { property: 'id', parts: [], prefix: '', suffix: '' },
    fields: [title],
    options,
    ...more,
  } as unknown as IndexModel;
}

const TYPES = { prefix: 'dev', typeInference: { infer: () => undefined } };
const define = (...models: IndexModel[]) => defineIndices({ models, complaints: [] }, TYPES);
const one = (more?: Partial<IndexModel>, options?: object) => define(model(more, options))[0]!;

/** The complaints, one per line. */
function complaints(more: Partial<IndexModel>, options: object = {}): string[] {
  try {
    one(more, options);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(SearchModelError);
    return (error as SearchModelError).complaints.map(
      ({ where, problem, remedy }) => `${where}: ${problem}. ${remedy}.`,
    );
  }
}

describe('an index', () => {
  it('has the alias, the mapping and the settings of its model', () => {
    const definition = one();
    expect(definition).toMatchObject({
      alias: 'dev-books',
      plugins: [],
      hash: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
    });
    expect(definition.model.fields).toEqual([{ ...title, type: 'text' }]);
    expect(definition.body).toEqual({
      settings: { 'index.gc_deletes': '1h', 'index.auto_expand_replicas': '0-1' },
      mappings: {
        dynamic: 'strict',
        properties: { title: { type: 'text' } },
        _meta: { rookery: { hash: definition.hash } },
      },
    });
    expect(firstIndexOf(definition)).toBe(`dev-books-v1-${definition.hash}`);
  });

  it('has what @Indexed says beside', () => {
    const options = {
      dynamic: false,
      settings: { number_of_shards: 2, 'index.gc_deletes': '2h', analysis: { plugins: ['analysis-icu'] } },
      mapping: { date_detection: false },
      properties: { extra: { type: 'keyword' } },
    };
    const { body, plugins } = one({}, options);
    expect(plugins).toEqual(['analysis-icu']);
    expect(body.settings).toEqual({
      'index.gc_deletes': '2h',
      'index.auto_expand_replicas': '0-1',
      number_of_shards: 2,
    });
    expect(body.mappings).toMatchObject({
      dynamic: false,
      date_detection: false,
      properties: { title: { type: 'text' }, extra: { type: 'keyword' } },
    });
    expect(body.mappings).not.toHaveProperty('_routing');
  });

  it('is another one by its mapping, its settings, its place and its condition', () => {
    const routing = { label: 'tenant', of: () => 'a' };
    const hashes = [
      one(),
      one({}, { dynamic: false }),
      one({}, { settings: { number_of_shards: 2 } }),
      one({ routing }),
      one({ identity: { property: 'slug', parts: [], prefix: '', suffix: '' } }),
      one({ condition: { label: 'when' } } as never),
    ].map(({ hash }) => hash);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(one().hash).toBe(one().hash);
  });

  it('keeps by what it is known again', () => {
    const place = (identity: object, routing?: object) =>
      placementIn(
        one({ identity: { parts: [], prefix: '', suffix: '', ...identity }, routing } as never).body.mappings._meta,
      );
    expect([
      place({ property: 'id' }),
      place({ property: 'slug' }),
      place({ property: 'id', prefix: 'b:' }),
      place({ property: 'id', suffix: '!' }),
      place({ property: 'id' }, { label: 'tenant' }),
    ]).toEqual([undefined, 'id {slug}', 'id b:{id}', 'id {id}!', 'id {id}, routing tenant']);
    const routed = one({ routing: { label: 'tenant' }, condition: { label: 'when' } } as never);
    expect(routed.body.mappings._routing).toEqual({ required: true });
    const meta = routed.body.mappings._meta!;
    expect([hashOf(meta), conditionIn(meta), conditionIn(one().body.mappings._meta)]).toEqual([
      routed.hash,
      'when',
      undefined,
    ]);
    expect([hashOf({}), placementIn({}), placementIn(undefined), conditionIn({}), conditionIn(undefined)]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });
});

describe('what no index can be is complained of:', () => {
  it('all at once, those of the reading first, each once', () => {
    const read = { where: 'Book', problem: 'is odd', remedy: 'Mend it' };
    const wrong = model({}, { sync: 'sometimes' });
    const define = () => defineIndices({ models: [wrong, wrong], complaints: [read, read] }, TYPES);
    expect(define).toThrow(SearchModelError);
    try {
      define();
    } catch (error) {
      expect((error as SearchModelError).complaints.map(({ problem }) => problem)).toEqual([
        'is odd',
        "has sync 'sometimes'",
      ]);
    }
  });

  it('an unknown sync', () => {
    expect(complaints({}, { sync: 'sometimes' })).toEqual([
      "Book: has sync 'sometimes'. Set @Indexed({ sync }) to one of outbox, after-commit, manual, or leave it out.",
    ]);
    for (const sync of ['after-commit', 'outbox', 'manual']) expect(complaints({}, { sync })).toEqual([]);
  });

  it.each(['routing_partition_size', 'index.routing_partition_size'])('routing over %s', (setting) => {
    const routing = { label: 'tenant' } as never;
    expect(complaints({ routing }, { settings: { [setting]: 2 } })).toEqual([
      'Book: has `routing` and the setting `routing_partition_size`, under which a document that moves cannot be found. Leave out one of them.',
    ]);
    expect(complaints({ routing }, { settings: { [setting]: 1 } })).toEqual([]);
    expect(complaints({}, { settings: { [setting]: 2 } })).toEqual([]);
    expect(complaints({ routing })).toEqual([]);
  });

  it.each(['includes', 'excludes'])('a `_source` with %s', (name) => {
    expect(complaints({}, { mapping: { _source: { [name]: ['a'] } } })).toEqual([
      'Book: has a mapping whose `_source` keeps only a part of each document, which then always differs from its row. Leave fields out by query().source(…), or all by _source: { enabled: false }.',
    ]);
    expect(complaints({}, { mapping: { _source: { enabled: false } } })).toEqual([]);
  });

  it('a name that the engine refuses', () => {
    expect(complaints({ name: 'Books' })).toEqual([
      expect.stringMatching(/^Book: the index name 'dev-Books' .*\. Change @Indexed\(\{ name \}\) or the `prefix`\.$/),
    ]);
  });

  it('a field that is mapped twice', () => {
    expect(complaints({}, { properties: { title: { type: 'keyword' } } })).toEqual([
      'Book.title: is mapped twice: as `text` by @SearchField, as `keyword` by @Indexed({ properties }). Keep one, or give one another name.',
    ]);
  });

  it('what each of the checks finds', () => {
    const fields = (options: object) => ({ fields: [{ ...title, options: { type: 'text', ...options } }] }) as never;
    expect(complaints(fields({ analyzer: 'mine' }))[0]).toContain("names the analyzer 'mine'");
    expect(complaints(fields({ similarity: 'mine' }))[0]).toContain("names the similarity 'mine'");
    expect(complaints(fields({ copyTo: 'all' }))[0]).toContain("is copied to 'all'");
    expect(complaints(fields({ copyTo: 'all' }), { dynamic: true })).toEqual([]);
    expect(complaints(fields({ type: 'nested' }))[0]).toContain('is `nested`');
    expect(complaints({}, { settings: { analysis: { plugins: 7 } } })[0]).toContain('plug');
  });
});
