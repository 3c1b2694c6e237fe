import { describeWith } from '@rookery/services';
import { FIELD_TYPES, type FieldMapping } from '../src/contracts/index-body.js';
import { parametersInForce } from '../src/mapping/field-parameters-in-force.js';
import { PARAMETERS, WIRE_NAMES } from '../src/metadata/field-parameters.js';
import type { FieldParameters } from '../src/metadata/options.js';
import { callEngine } from './call-engine.js';
import { uniqueName } from './harness.js';

/** A `join` stands alone in an index, and `knn_vector` needs a plug-in: they are below. */
const TYPES = FIELD_TYPES.filter((type) => type !== 'join' && type !== 'knn_vector');
type Parameter = Exclude<keyof FieldParameters, 'method' | 'relations' | 'dimension'>;

const BOTH = [true, false];
/** Of each parameter the default of the engine, wherever it has one, and others. */
const VALUES: Readonly<Record<Parameter, readonly unknown[]>> = {
  analyzer: ['default', 'standard', 'simple', 'english'],
  searchAnalyzer: ['standard', 'simple', 'english'],
  searchQuoteAnalyzer: ['standard', 'english'],
  normalizer: ['lowercase'],
  format: ['strict_date_optional_time||epoch_millis', 'yyyy'],
  locale: ['', 'ROOT', 'de', 'de-DE', 'de_DE'],
  ignoreAbove: [2_147_483_647, 9],
  nullValue: ['1', 1, 2],
  similarity: ['BM25', 'boolean'],
  scalingFactor: [10, 100],
  index: BOTH,
  docValues: BOTH,
  store: BOTH,
  norms: BOTH,
  coerce: BOTH,
  ignoreMalformed: BOTH,
  indexOptions: ['docs', 'freqs', 'positions', 'offsets'],
  termVector: ['no', 'yes', 'with_offsets', 'with_positions_offsets'],
  positionIncrementGap: [100, 5],
  indexPhrases: BOTH,
  indexPrefixes: [{}, { min_chars: 2, max_chars: 5 }, { min_chars: 1 }],
  eagerGlobalOrdinals: BOTH,
  splitQueriesOnWhitespace: BOTH,
  maxShingleSize: [2, 3],
  maxInputLength: [50, 9],
  preserveSeparators: BOTH,
  preservePositionIncrements: BOTH,
  contexts: [
    [{ type: 'category', name: 'a' }],
    { name: 'a', type: 'category' },
    { name: 'a', type: 'geo' },
    { name: 'a', type: 'geo', precision: 6 },
    { name: 'a', type: 'geo', precision: 4 },
  ],
  ignoreZValue: BOTH,
  enabled: BOTH,
};
const NULL_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  boolean: [true, 'true', false],
  date: ['1970-01-01', '1970'],
  ip: ['::1', '10.0.0.1'],
  geo_point: ['1.5, -2', 'POINT (-2 1.5)', '1.5e0,-2', '2,1'],
};
/** What a type, or a parameter, has beside it. */
const BESIDE: Readonly<Record<string, object>> = {
  scaled_float: { scaling_factor: 10 },
  token_count: { analyzer: 'standard' },
  'text.searchAnalyzer': { analyzer: 'standard' },
  'search_as_you_type.searchAnalyzer': { analyzer: 'standard' },
  'text.searchQuoteAnalyzer': { analyzer: 'simple', search_analyzer: 'english' },
  'search_as_you_type.searchQuoteAnalyzer': { analyzer: 'simple', search_analyzer: 'english' },
};

/** By name of the field: each type alone, then with each value of each of its parameters. */
const WANTED = Object.fromEntries(
  TYPES.flatMap((type) => {
    const bare = { type, ...BESIDE[type] };
    const said = (PARAMETERS[type] as readonly Parameter[]).flatMap((parameter) =>
      ((parameter === 'nullValue' && NULL_VALUES[type]) || VALUES[parameter]).map((value) => ({
        ...bare,
        ...BESIDE[`${type}.${parameter}`],
        [WIRE_NAMES[parameter]]: value,
      })),
    );
    return [bare, ...said].map((mapping, at): [string, FieldMapping] => [`${type}-${at}`, mapping]);
  }),
);
/** Nothing follows where it is left out, as its default is not the same in each version. */
const ofVersion = ({ type, doc_values }: FieldMapping) => type === 'wildcard' && doc_values !== undefined;
const bareOf = (name: string): string => name.replace(/\d+$/, '0');

function alike(live: FieldMapping, model: FieldMapping): boolean {
  const sorted = (parameters: Record<string, string>) => JSON.stringify(Object.entries(parameters).sort());
  return sorted(parametersInForce(live, model)) === sorted(parametersInForce(model, live));
}

type Fields = Readonly<Record<string, FieldMapping>>;

interface OfField {
  readonly mapping: Readonly<Record<string, object>>;
}

const JOINS = [{ a: 'b' }, { a: ['b'] }, { b: ['c', 'd'], a: 'b' }].map((relations): [FieldMapping, object] => [
  { type: 'join', relations },
  {},
]);
const METHODS = [
  undefined,
  { name: 'hnsw' },
  { name: 'hnsw', engine: 'lucene' },
  { space_type: 'cosinesimil', parameters: { m: 4 }, name: 'hnsw', engine: 'lucene' },
].map((method): [FieldMapping, object] => [
  { type: 'knn_vector', dimension: 2, ...(method && { method }) },
  { 'index.knn': true },
]);
/** Then the engine names the analyzer of an index, which it leaves out elsewhere. */
const SEARCHED = (['text', 'search_as_you_type'] as const).flatMap((type): [FieldMapping, object][] =>
  [{ type }, { type, analyzer: 'default', search_analyzer: 'default' }, { type, analyzer: 'english' }].map(
    (mapping) => [mapping, { analysis: { analyzer: { default_search: { type: 'whitespace' } } } }],
  ),
);
const ALONE = { opensearch: [...JOINS, ...SEARCHED], opensearch2: [...JOINS, ...SEARCHED, ...METHODS] };

describe.each(['opensearch', 'opensearch2'] as const)('each value of each parameter of each type', (service) => {
  describeWith(service, service, (node) => {
    const index = uniqueName();
    let live: Fields;
    let inForce: (name: string) => string | undefined;

    const call = <T>(method: string, path: string, body?: object) => callEngine<T>(node, method, path, body);

    /** @returns them as the engine gives them back. */
    async function create(index: string, properties: Fields, settings: object = {}): Promise<Fields> {
      await call('PUT', index, { settings, mappings: { properties } });
      const state = await call<Record<string, { mappings: { properties: Fields } }>>('GET', `${index}/_mapping`);
      return state[index]!.mappings.properties;
    }

    beforeAll(async () => {
      live = await create(index, WANTED);
      const all = await call<Record<string, { mappings: Record<string, OfField> }>>(
        'GET',
        `${index}/_mapping/field/*?include_defaults=true`,
      );
      // It lists no objects.
      inForce = (name) => JSON.stringify(all[index]!.mappings[name]?.mapping[name]);
    });
    afterAll(() => call('DELETE', index));

    it('is the same as the engine gives it back', () => {
      expect(Object.keys(live)).toHaveLength(Object.keys(WANTED).length);
      expect(Object.entries(WANTED).filter(([name, mapping]) => !alike(live[name]!, mapping))).toEqual([]);
    });

    it('differs from what is left out where the engine says so', () => {
      const wrong = Object.entries(WANTED).filter(([name, mapping]) => {
        if (mapping.type === 'object' || ofVersion(mapping)) return false;
        const same = inForce(name) === inForce(bareOf(name));
        return alike(live[name]!, WANTED[bareOf(name)]!) !== same || alike(live[bareOf(name)]!, mapping) !== same;
      });
      expect(wrong.map(([, mapping]) => mapping)).toEqual([]);
    });

    it('differs from each other mapping of its type where the engine says so', () => {
      const known = Object.entries(WANTED).filter(([, { type }]) => type !== 'object' && type !== 'wildcard');
      const wrong = known.flatMap(([name, { type }]) =>
        known
          .filter(([, mapping]) => mapping.type === type)
          .filter(([other, mapping]) => alike(live[name]!, mapping) !== (inForce(name) === inForce(other)))
          .map(([, mapping]) => [WANTED[name], mapping]),
      );
      expect(wrong).toEqual([]);
    });

    it('is accepted by a living index wherever nothing differs', async () => {
      const names = Object.keys(WANTED).filter((name) => !ofVersion(WANTED[name]!));
      const twins = names.map((name) =>
        names
          .filter((other) => other !== name && WANTED[other]!.type === WANTED[name]!.type)
          .filter((other) => alike(live[name]!, WANTED[other]!)),
      );
      expect(twins.flat().length).toBeGreaterThan(100);
      const rounds = Math.max(...twins.map(({ length }) => length));
      const refused: string[] = [];
      for (let round = 0; round < rounds; round++) {
        const pairs = names.map((name, at) => [name, WANTED[twins[at]![round] ?? name]]);
        await call('PUT', `${index}/_mapping`, { properties: Object.fromEntries(pairs) as Fields }).catch(
          (error: unknown) => refused.push(String(error)),
        );
      }
      expect(refused).toEqual([]);
    });

    it.each(ALONE[service])(
      'is the same as the engine gives it back, alone in an index: %j',
      async (mapping, settings) => {
        const alone = `${index}-alone`;
        try {
          const { field } = await create(alone, { field: mapping }, settings);
          expect([field, alike(field!, mapping)]).toEqual([expect.anything(), true]);
        } finally {
          await call('DELETE', alone);
        }
      },
    );
  });
});
