/**
 * What the outbox adds to one flush that changes many rows, flushes with and without it in turns; the median of them.
 * `npm run bench -- search flush [rows] [rounds]`.
 */
import { SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import type { MikroORM } from '@mikro-orm/postgresql';
import { printTable } from '../herd/table.js';
import { laboratory } from './laboratory.js';
import { median } from './median.js';
import { createPlaces, NumberedPlace } from './numbered-places.js';

const [rows, rounds] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 7)];

const { name, node, connect, end } = await laboratory('flush');
const [plain, followed] = [await connect(NumberedPlace), await connect(NumberedPlace)];
await createPlaces(plain, rows);
const search = new SearchService(followed, {
  engine: openSearch({ node }),
  prefix: name,
  sync: 'outbox',
  relay: false,
});
await search.start();

/** Milliseconds of the flush alone. */
async function flush(orm: MikroORM): Promise<number> {
  const em = orm.em.fork();
  for (const place of await em.find(NumberedPlace, {})) place.population += 1;
  const began = performance.now();
  await em.flush();
  return performance.now() - began;
}

const [without, withOutbox]: [number[], number[]] = [[], []];
await flush(plain);
await flush(followed);
for (let round = 0; round < rounds; round += 1) {
  without.push(await flush(plain));
  withOutbox.push(await flush(followed));
}
const [bare, outbox] = [median(without), median(withOutbox)];
printTable(
  ['a flush of', 'without, ms', 'with the outbox, ms', 'ratio'],
  [[`${rows.toLocaleString('en')} rows`, Math.round(bare), Math.round(outbox), Number((outbox / bare).toFixed(2))]],
);
await search.close();
await end();
