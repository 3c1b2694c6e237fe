/**
 * Prints what a query of 20 clauses costs to build and compile, elastic-builder beside it, and what it costs to read an
 * answer of 1,000 hits, JSON.parse beside it. No server.
 *
 *     npm run bench -- search query
 */
import esb from 'elastic-builder';
import type { SearchEngine } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { printTable } from '../herd/table.js';
import { Party, passagesOn, type Passage } from './model.js';

const passages = passagesOn(openSearch({ node: 'http://127.0.0.1:9' }));
const YEARS = [1900, 1910, 1920, 1930, 1940, 1950, 1960];

const typed = () =>
  passages
    .query()
    .must((q) => [
      q.match('text', 'union', { fuzziness: 'AUTO' }),
      q.matchPhrase('text', 'the union', { slop: 2 }),
      q.multiMatch(['text', 'president.name'], 'lincoln'),
    ])
    .filter((q) => [
      q.range('year', { gte: 1850, lt: 2000 }),
      q.term('president.party', Party.Whig),
      q.terms('year', YEARS),
      q.exists('heldAt'),
      q.prefix('president.name', 'A'),
      q.geoDistance('at', { lat: 38.9, lon: -77 }, '100km'),
    ])
    .should((q) => [
      q.match('text', 'state'),
      q.match('text', 'nation'),
      q.match('text', 'people'),
      q.matchPhrase('text', 'best hope', { boost: 2 }),
      q.term('quoted', true),
      q.constantScore(q.range('year', { gte: 1990 }), { boost: 3 }),
    ])
    .mustNot((q) => [
      q.term('president.name', 'Nobody'),
      q.bool({ should: [q.wildcard('president.name', '*x*'), q.fuzzy('president.name', 'Y')] }),
    ])
    .sort('year', 'desc')
    .page({ number: 2, size: 20 });

const byElasticBuilder = () =>
  esb
    .requestBodySearch()
    .query(
      esb
        .boolQuery()
        .must([
          esb.matchQuery('text', 'union').fuzziness('AUTO'),
          esb.matchPhraseQuery('text', 'the union').slop(2),
          esb.multiMatchQuery(['text', 'president.name'], 'lincoln'),
        ])
        .filter([
          esb.rangeQuery('year').gte(1850).lt(2000),
          esb.termQuery('president.party', Party.Whig),
          esb.termsQuery('year', YEARS),
          esb.existsQuery('heldAt'),
          esb.prefixQuery('president.name', 'A'),
          esb.geoDistanceQuery('at', esb.geoPoint().lat(38.9).lon(-77)).distance('100km'),
        ])
        .should([
          esb.matchQuery('text', 'state'),
          esb.matchQuery('text', 'nation'),
          esb.matchQuery('text', 'people'),
          esb.matchPhraseQuery('text', 'best hope').boost(2),
          esb.termQuery('quoted', true),
          esb.constantScoreQuery(esb.rangeQuery('year').gte(1990)).boost(3),
        ])
        .mustNot([
          esb.termQuery('president.name', 'Nobody'),
          esb.boolQuery().should([esb.wildcardQuery('president.name', '*x*'), esb.fuzzyQuery('president.name', 'Y')]),
        ]),
    )
    .sort(esb.sort('year', 'desc'))
    .from(20)
    .size(20);

/** Microseconds of one run, in the best of 40 batches: other programs only ever make a batch slower. */
function microseconds(run: () => unknown): number {
  const batch = 500;
  const times = Array.from({ length: 40 }, () => {
    const start = performance.now();
    for (let i = 0; i < batch; i += 1) run();
    return ((performance.now() - start) * 1000) / batch;
  });
  return Math.min(...times);
}

const query = typed();
const compile = microseconds(() => query.toBody());
const whole = microseconds(() => typed().toBody());
const theirs = microseconds(() => byElasticBuilder().toJSON());
printTable(
  ['a query of 20 clauses', 'microseconds, best batch', 'it / elastic-builder'],
  [
    ['compile', compile.toFixed(1), (compile / theirs).toFixed(2)],
    ['build and compile, checked', whole.toFixed(1), (whole / theirs).toFixed(2)],
    ['elastic-builder: build and compile', theirs.toFixed(1), '1.00'],
  ],
);

const source = {
  text: 'The state of the Union is strong, and its trade is free. '.repeat(4),
  year: 1913,
  heldAt: '1913-12-02T00:00:00.000Z',
  quoted: false,
  at: { lat: 1, lon: 2 },
  president: { name: 'Woodrow Wilson', party: 'Whig' },
};
const hits = Array.from({ length: 1000 }, (_, at) => ({
  _index: 'passages',
  _id: String(at),
  _score: 1 + at / 1000,
  _source: source,
  sort: [at],
  highlight: { text: ['The <em>Union</em>'] },
}));
const answer = JSON.stringify({
  took: 3,
  timed_out: false,
  hits: { total: { value: 1000, relation: 'eq' }, max_score: 2, hits },
});

/** An engine that answers at once from a text, as the network would bring it. */
const canned = {
  name: 'canned',
  bulk: () => Promise.resolve([]),
  search: () => Promise.resolve(JSON.parse(answer) as never),
  readIndices: () => Promise.resolve([]),
} as unknown as SearchEngine;
const cannedPassages = passagesOn(canned).query().page({ size: 1000 });

async function milliseconds(run: () => unknown): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < 20; i += 1) await run();
  return (performance.now() - start) / 20;
}
const parsed: number[] = [];
const decoded: number[] = [];
for (let round = 0; round < 40; round += 1) {
  parsed.push(await milliseconds(() => Promise.resolve(JSON.parse(answer) as Passage)));
  decoded.push(await milliseconds(() => cannedPassages.search()));
}
const [parse, search] = [Math.min(...parsed), Math.min(...decoded)];
console.log('');
printTable(
  [`an answer of 1,000 hits, ${(answer.length / 1e6).toFixed(2)} MB`, 'milliseconds, best round', 'it / JSON.parse'],
  [
    ['JSON.parse alone', parse.toFixed(3), '1.00'],
    ['search(), parse included', search.toFixed(3), (search / parse).toFixed(2)],
  ],
);
