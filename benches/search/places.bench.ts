/**
 * Asks 199,568 places where they are. Each answer is compared with one computed here from the same data, then each query
 * is sent over and over: through the library and, with the same body, through the client alone, in turns. It uses the
 * server at OPENSEARCH_URL, or starts one.
 *
 *     npm run bench -- search places [runs]
 */
import { deepStrictEqual } from 'node:assert';
import { Client } from '@opensearch-project/opensearch';
import type { SearchQuery } from '@rookery/search';
import { printTable } from '../herd/table.js';
import { geohash, inside, metres, type Point } from './earth.js';
import { median } from './median.js';
import { openSearchServer } from './opensearch-server.js';
import { placesOn, writesOf } from './places-index.js';
import { places, type Place } from './places.js';

const runs = Number(process.argv[2] ?? 200);
const MUNICH = { lat: 48.1371, lon: 11.5754 };
const ICELAND = { topLeft: { lat: 66.6, lon: -24.6 }, bottomRight: { lat: 63.3, lon: -13.4 } };
const ALPS: readonly Point[] = [
  { lat: 44.1, lon: 6.1 },
  { lat: 47.3, lon: 6.3 },
  { lat: 48.2, lon: 16.2 },
  { lat: 46.1, lon: 15.1 },
  { lat: 45.3, lon: 9.2 },
];

const all = [...places(Infinity)].map(({ id, document }) => ({ id, ...document }));
const inIceland = ({ lat, lon }: Point): boolean =>
  lat <= ICELAND.topLeft.lat &&
  lat >= ICELAND.bottomRight.lat &&
  lon >= ICELAND.topLeft.lon &&
  lon <= ICELAND.bottomRight.lon;

const server = await openSearchServer();
const { repository, close } = placesOn(server.node);
const client = new Client({ node: server.node });
await repository.bulk(writesOf(Infinity));
await repository.refresh();
deepStrictEqual(await repository.count(), all.length);

interface Question {
  readonly query: SearchQuery<Place, never>;
  /** The answer, in the form of the data. */
  readonly expected: unknown;
  readonly read: (answer: Awaited<ReturnType<SearchQuery<Place>['search']>>) => unknown;
}

const query = repository.query().page({ size: 10 });
const total: Question['read'] = (answer) => answer.total;
const counted = (holds: (at: Point) => boolean): number => all.filter(({ location }) => holds(location)).length;
const cells = new Map<string, number>();
for (const { country, location } of all)
  if (country === 'DE') cells.set(geohash(location, 3), (cells.get(geohash(location, 3)) ?? 0) + 1);
const nearest = all
  .filter(({ population }) => population >= 100_000)
  .sort((a, b) => metres(MUNICH, a.location) - metres(MUNICH, b.location))
  .slice(0, 10);

const QUESTIONS: Record<string, Question> = {
  'within 50 km of Munich': {
    query: query.filter((q) => q.geoDistance('location', MUNICH, '50km')) as never,
    expected: counted((at) => metres(MUNICH, at) <= 50_000),
    read: total,
  },
  'in a box around Iceland': {
    query: query.filter((q) => q.geoBoundingBox('location', ICELAND)) as never,
    expected: counted(inIceland),
    read: total,
  },
  'in a polygon over the Alps': {
    query: query.filter((q) => q.geoPolygon('location', ALPS)) as never,
    expected: counted((at) => inside(at, ALPS)),
    read: total,
  },
  'German places by geohash of 3 letters': {
    query: repository
      .query()
      .filter((q) => q.term('country', 'DE'))
      .page({ size: 0 })
      .aggregate((a) => ({ cells: a.geohashGrid('location', { precision: 3 }) })) as never,
    expected: [...cells].sort(([a], [b]) => (a < b ? -1 : 1)),
    read: (answer) =>
      (answer.aggregations as unknown as { cells: { buckets: { key: string; count: number }[] } }).cells.buckets
        .map(({ key, count }) => [key, count] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
  },
  'the ten nearest cities to Munich': {
    query: query.filter((q) => q.range('population', { gte: 100_000 })).sortByDistance('location', MUNICH) as never,
    expected: nearest.map(({ name }) => name),
    read: (answer) => answer.hits.map(({ source }) => (source as unknown as Place).name),
  },
  'named Springfield, by population': {
    query: query.must((q) => q.term('name.raw', 'Springfield')).sort('population', 'desc') as never,
    expected: all.filter(({ name }) => name === 'Springfield').length,
    read: total,
  },
};

async function tookMs(ask: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await ask();
  return performance.now() - began;
}

const rows: (string | number)[][] = [];
for (const [name, { query: asked, expected, read }] of Object.entries(QUESTIONS)) {
  const answer = await asked.search();
  deepStrictEqual(read(answer as never), expected, name);
  const body = asked.toBody();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    ours.push(await tookMs(() => asked.search()));
    theirs.push(await tookMs(() => client.search({ index: repository.indexName, body })));
  }
  const shown = typeof expected === 'number' ? expected : (expected as unknown[]).length;
  rows.push([
    name,
    shown,
    median(ours).toFixed(2),
    median(theirs).toFixed(2),
    (median(ours) / median(theirs)).toFixed(2),
  ]);
}

console.log(`${all.length} places, each query sent ${runs} times; every answer is the one computed from the data\n`);
printTable(['places', 'found', 'p50 ms', 'the client alone, p50 ms', 'ratio'], rows);

await close();
await client.close();
await server.stop();
