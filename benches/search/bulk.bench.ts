/**
 * Writes 199,568 places to OpenSearch with this library, with the client's bulk helper and with a loop written by hand
 * over bodies that were serialised before, in turns; then streams them all. Documents per second (median), ratios of the
 * same round, heap above the start. Run with a server at OPENSEARCH_URL:
 * `npm run build:libs && npx tsc -b benches && node --expose-gc benches/dist/search/bulk.bench.js [rounds] [places]`.
 */
import { Readable } from 'node:stream';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from '@opensearch-project/opensearch';
import { SearchService } from '@rookery/search';
import { openSearch } from '@rookery/search/opensearch';
import { peakHeapMb } from './heap.js';
import { Place, places, type PlaceDocument } from './places.js';

const node = process.env['OPENSEARCH_URL'] ?? 'http://127.0.0.1:9200';
const rounds = Number(process.argv[2] ?? 3);
const limit = Number(process.argv[3] ?? Infinity);
const FLUSH_BYTES = 5 * 1024 * 1024;
const CONCURRENCY = 2;

const orm = new MikroORM({ entities: [Place], dbName: 'none', metadataProvider: ReflectMetadataProvider });
const search = new SearchService(orm, { engine: openSearch({ node, bulkTimeoutMs: 120_000 }), prefix: 'bench', sync: 'manual' });
const repository = search.repository(Place);
const client = new Client({ node });
const index = repository.indexName;

function* operations() {
  for (const { id, document } of places(limit)) yield { action: 'index', id, document } as never;
}

function serialised(): { bodies: string[]; documents: number } {
  const bodies: string[] = [];
  let lines: string[] = [];
  let bytes = 0;
  let documents = 0;
  for (const { id, document } of places(limit)) {
    const line = `{"index":{"_id":"${id}"}}\n${JSON.stringify(document)}\n`;
    documents += 1;
    lines.push(line);
    bytes += Buffer.byteLength(line);
    if (bytes < FLUSH_BYTES) continue;
    bodies.push(lines.join(''));
    [lines, bytes] = [[], 0];
  }
  return { bodies: [...bodies, lines.join('')], documents };
}

const { bodies, documents: total } = serialised();

const WAYS: Record<string, () => Promise<void>> = {
  'this library': () => repository.bulk(operations()),
  "the client's helper": async () => {
    const stats = await client.helpers.bulk<{ id: string; document: PlaceDocument }>({
      datasource: Readable.from(places(limit)) as never,
      flushBytes: FLUSH_BYTES,
      concurrency: CONCURRENCY,
      onDocument: ({ id, document }: { id: string; document: PlaceDocument }) => [{ index: { _index: index, _id: id } }, document] as never,
      onDrop: ({ error }: { error: { reason: string } }) => {
        throw new Error(error.reason);
      },
    });
    if (stats.failed > 0) throw new Error(`${stats.failed} failed`);
  },
  'a loop by hand': async () => {
    const queue = [...bodies];
    const worker = async (): Promise<void> => {
      for (let body = queue.shift(); body !== undefined; body = queue.shift()) {
        const { body: answer } = await client.bulk({ index, body: body as never });
        if (answer.errors) throw new Error('some failed');
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  },
};

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rates: Record<string, number[]> = {};
const heaps: Record<string, number[]> = {};
for (let round = 0; round < rounds; round += 1) {
  for (const name of Object.keys(WAYS)) {
    await search.recreateIndex(Place);
    let tookMs = 0;
    const heapMb = await peakHeapMb(async () => {
      const began = performance.now();
      await WAYS[name]!();
      tookMs = performance.now() - began;
    });
    await repository.refresh();
    const found = await repository.count();
    if (found !== total) throw new Error(`${name} wrote ${found} of ${total}`);
    console.log(`round ${round + 1}  ${name.padEnd(20)} ${Math.round(total / (tookMs / 1000))} docs/s  heap +${heapMb.toFixed(0)} MB`);
    (rates[name] ??= []).push(total / (tookMs / 1000));
    (heaps[name] ??= []).push(heapMb);
  }
}
console.log(`${total} places, ${rounds} rounds, ${bodies.length} requests of ${FLUSH_BYTES / 1024 / 1024} MB, ${CONCURRENCY} at once`);
for (const name of Object.keys(WAYS)) {
  const ratio = (of: string): string => median(rates['this library']!.map((rate, round) => rate / rates[of]![round]!)).toFixed(2);
  const against = name === 'this library' ? '' : `  this library / it ${ratio(name)}`;
  console.log(`${name.padEnd(20)} ${Math.round(median(rates[name]!)).toString().padStart(7)} docs/s  heap +${median(heaps[name]!).toFixed(0)} MB${against}`);
}

let streamed = 0;
let streamMs = 0;
const quarters: number[] = [];
const streamHeap = await peakHeapMb(async () => {
  const began = performance.now();
  for await (const hit of repository.stream()) {
    if (hit.id && (streamed += 1) % Math.floor(total / 4) === 0) {
      globalThis.gc?.();
      quarters.push(process.memoryUsage().heapUsed / 1024 / 1024);
    }
  }
  streamMs = performance.now() - began;
});
console.log(`streamed ${streamed} in ${Math.round(streamMs)} ms, ${Math.round(streamed / (streamMs / 1000))} docs/s, heap at most +${streamHeap.toFixed(0)} MB; held after each quarter: ${quarters.map((mb) => mb.toFixed(0)).join(', ')} MB`);

await repository.control.delete();
await client.close();
await search.close();
await orm.close(true);
