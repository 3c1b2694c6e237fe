import { describeWith } from '@rookery/services';
import { FIELD_TYPES, type FieldType } from '../src/contracts/index-body.js';
import { FIELD_USES, type FieldUse } from '../src/query/field-use.js';
import { openSearch } from '@rookery/search/opensearch';
import { uniqueName } from './harness.js';

const POINT = { lat: 1, lon: 1 };

/** A field of each type, with what a document holds there and what is looked for. The plug-in's vector is elsewhere. */
const SAMPLES: Readonly<
  Record<Exclude<FieldType, 'knn_vector'>, readonly [held: unknown, sought: unknown, parameters?: object]>
> = {
  text: ['one two', 'one'],
  search_as_you_type: ['one two', 'one'],
  keyword: ['one', 'one'],
  wildcard: ['one', 'one', { doc_values: true }],
  completion: ['one', 'one'],
  token_count: ['one two', 2, { analyzer: 'standard' }],
  flat_object: [{ a: 'one' }, 'one'],
  join: ['parent', 'parent', { relations: { parent: ['child'] } }],
  integer: [1, 1],
  long: [1, 1],
  short: [1, 1],
  byte: [1, 1],
  float: [1, 1],
  double: [1, 1],
  half_float: [1, 1],
  scaled_float: [1, 1, { scaling_factor: 10 }],
  boolean: [true, true],
  date: ['2020-01-01', '2020-01-01'],
  ip: ['10.0.0.1', '10.0.0.1'],
  binary: ['b25l', 'b25l'],
  object: [{ a: 1 }, 1],
  nested: [{ a: 1 }, 1],
  integer_range: [{ gte: 1, lt: 3 }, 1],
  long_range: [{ gte: 1, lt: 3 }, 1],
  float_range: [{ gte: 1, lt: 3 }, 1],
  double_range: [{ gte: 1, lt: 3 }, 1],
  date_range: [{ gte: '2020-01-01', lt: '2020-01-03' }, '2020-01-01'],
  ip_range: ['10.0.0.0/30', '10.0.0.1'],
  geo_point: [POINT, POINT],
  geo_shape: [{ type: 'point', coordinates: [1, 1] }, POINT],
};

type Wire = Readonly<Record<string, unknown>>;
type Ask = (field: string, sought: unknown, type: FieldType) => readonly Wire[];
const words = (sought: unknown): string => (typeof sought === 'string' ? sought : 'one');
const aggregation =
  (name: string, more: object = {}): Ask =>
  (field) => [{ size: 0, aggs: { x: { [name]: { field, ...more } } } }];

/** What each use sends. Uses that need no value of the field itself (source, highlight) accept anything. */
const ASKS: Partial<Readonly<Record<FieldUse, Ask>>> = {
  match: (field, sought) => [{ query: { match: { [field]: sought } } }],
  phrase: (field, sought) => [{ query: { match_phrase: { [field]: sought } } }],
  words: (field, sought) => [
    { query: { match_phrase_prefix: { [field]: words(sought) } } },
    { query: { match_bool_prefix: { [field]: words(sought) } } },
  ],
  pattern: (field, sought) =>
    Object.entries({ prefix: '', wildcard: '*', regexp: '.*' }).map(([kind, any]) => ({
      query: { [kind]: { [field]: `${words(sought)}${any}` } },
    })),
  fuzzy: (field, sought) => [{ query: { fuzzy: { [field]: words(sought) } } }],
  exact: (field, sought) => [{ query: { term: { [field]: sought } } }, { query: { terms: { [field]: [sought] } } }],
  range: (field, sought) => [{ query: { range: { [field]: { gte: sought, lte: sought } } } }],
  exists: (field) => [{ query: { exists: { field } } }],
  geo: (field) => [
    { query: { geo_distance: { distance: '1km', [field]: POINT } } },
    { query: { geo_bounding_box: { [field]: { top_left: { lat: 2, lon: 0 }, bottom_right: { lat: 0, lon: 2 } } } } },
    { size: 0, aggs: { x: { geohash_grid: { field } } } },
  ],
  point: (field) => [
    {
      query: {
        geo_polygon: {
          [field]: {
            points: [
              { lat: 0, lon: 0 },
              { lat: 3, lon: 0 },
              { lat: 0, lon: 3 },
            ],
          },
        },
      },
    },
    { sort: [{ _geo_distance: { [field]: POINT } }] },
    { size: 0, aggs: { x: { geo_distance: { field, origin: POINT, ranges: [{ to: 10 }] } } } },
  ],
  sort: (field) => [{ sort: [{ [field]: 'asc' }] }],
  collapse: (field) => [{ collapse: { field } }],
  aggregate: (field) => [{ size: 0, aggs: { x: { terms: { field } } } }],
  count: (field) =>
    ['cardinality', 'value_count', 'missing'].map((name) => ({ size: 0, aggs: { x: { [name]: { field } } } })),
  number: aggregation('histogram', { interval: 1 }),
  metric: (field) => ['avg', 'max', 'stats'].map((name) => ({ size: 0, aggs: { x: { [name]: { field } } } })),
  date: aggregation('date_histogram', { calendar_interval: 'day' }),
  scoreNumber: (field) => [{ query: { function_score: { field_value_factor: { field } } } }],
  decay: (field, sought) => [
    {
      query: {
        function_score: {
          functions: [
            {
              gauss: {
                [field]: {
                  origin: sought,
                  scale: typeof sought === 'number' ? 1 : typeof sought === 'string' ? '1d' : '1km',
                },
              },
            },
          ],
        },
      },
    },
  ],
};

describe.each(['opensearch', 'opensearch2'] as const)('what a field is used for', (service) => {
  describeWith(service, service, (node) => {
    const engine = openSearch({ node });
    const index = uniqueName();
    beforeAll(async () => {
      const properties = Object.fromEntries(
        Object.entries(SAMPLES).map(([type, [, , parameters]]) => [type, { type: type as FieldType, ...parameters }]),
      );
      await engine.createIndex(`${index}-v1`, {
        settings: { number_of_shards: 1 },
        mappings: { dynamic: true, properties },
        aliases: { [index]: {} },
      });
      const source = JSON.stringify(Object.fromEntries(Object.entries(SAMPLES).map(([type, [held]]) => [type, held])));
      expect(await engine.bulk([{ action: 'index', index, id: '1', version: 1, source }])).toEqual([
        { id: '1', outcome: 'written' },
      ]);
      await engine.refresh(index);
    }, 30_000);
    afterAll(async () => {
      await engine.deleteIndex(`${index}-v1`);
      await engine.close();
    });

    it.each(Object.keys(ASKS) as FieldUse[])(
      '%s: what we let pass is understood, for every type',
      async (use) => {
        const refused: string[] = [];
        for (const [type, [, sought]] of Object.entries(SAMPLES)) {
          if (!FIELD_USES[use].accepts(type as FieldType)) continue;
          for (const body of ASKS[use]!(type, sought, type as FieldType)) {
            await engine
              .search({ index, body })
              .catch((error: unknown) => refused.push(`${type}: ${JSON.stringify(body)}: ${String(error)}`));
          }
        }
        expect(refused).toEqual([]);
      },
      30_000,
    );
  });
});

it('each type can be used for something', () => {
  const useless = FIELD_TYPES.filter(
    (type) => !(Object.keys(ASKS) as FieldUse[]).some((use) => use !== 'exists' && FIELD_USES[use].accepts(type)),
  );
  expect(useless).toEqual(
    ['binary', 'object', 'nested', 'completion', 'knn_vector'].filter((type) => useless.includes(type as FieldType)),
  );
});
