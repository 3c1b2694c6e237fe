/**
 * Writes 199,568 places to OpenSearch with this library, with the client's bulk helper and with a loop written by hand
 * over bodies that were serialised before, in turns; then streams them all. Medians of the rounds, ratios of the same
 * round. It uses the server at OPENSEARCH_URL, or starts one.
 *
 *     npm run bench -- search bulk [rounds] [places]
 */
import { Readable } from 'node:stream';
import { Client } from '@opensearch-project/opensearch';
import { printTable } from '../herd/table.js';
import { heldMb, peakOf, type Peak } from './heap.js';
import { median } from './median.js';
import { openSearchServer } from './opensearch-server.js';
import { placesOn, writesOf } from './places-index.js';
import { Place, places, type PlaceDocument } from './places.js';

const rounds = Number(process.argv[2] ?? 5);
const limit = Number(process.argv[3] ?? Infinity);
const FLUSH_BYTES = 5 * 1024 * 1024;
const CONCURRENCY = 2;
const LIBRARY = 'this library';

const server = await openSearchServer();
const { search, repository, close } = placesOn(server.node);
const client = new Client({ node: server.node });
const index = repository.indexName;

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
  [LIBRARY]: () => repository.bulk(writesOf(limit)),
  "the client's bulk helper": async () => {
    const stats = await client.helpers.bulk<{ id: string; document: PlaceDocument }>({
      datasource: Readable.from(places(limit)) as never,
      flushBytes: FLUSH_BYTES,
      concurrency: CONCURRENCY,
      onDocument: ({ id, document }: { id: string; document: PlaceDocument }) =>
        [{ index: { _index: index, _id: id } }, document] as never,
      onDrop: ({ error }: { error: { reason: string } }) => {
        throw new Error(error.reason);
      },
    });
    if (stats.failed > 0) throw new Error(`${stats.failed} failed`);
  },
  'a loop by hand, serialised before': async () => {
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

interface Round extends Peak {
  readonly rate: number;
}

async function run(way: string): Promise<Round> {
  await search.recreateIndex(Place);
  let tookMs = 0;
  const peak = await peakOf(async () => {
    const began = performance.now();
    await WAYS[way]!();
    tookMs = performance.now() - began;
  });
  await repository.refresh();
  const found = await repository.count();
  if (found !== total) throw new Error(`${way} wrote ${found} of ${total}`);
  return { ...peak, rate: total / (tookMs / 1000) };
}

const names = Object.keys(WAYS);
const results = new Map(names.map((name) => [name, [] as Round[]]));
// The first round warms server and compiler up, and is not counted. Each round begins with another one.
for (let round = 0; round <= rounds; round += 1) {
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(round + turn) % names.length]!;
    const result = await run(name);
    if (round > 0) results.get(name)!.push(result);
  }
}

console.log(
  `${total} places, ${rounds} rounds, ${bodies.length} requests of ${FLUSH_BYTES / 2 ** 20} MB, ${CONCURRENCY} at once\n`,
);
const own = results.get(LIBRARY)!;
printTable(
  ['bulk', 'documents/s', 'this library / it', 'heap at most, MB above the start', 'with buffers'],
  names.map((name) => {
    const these = results.get(name)!;
    const ratio = median(own.map(({ rate }, at) => rate / these[at]!.rate));
    return [
      name,
      Math.round(median(these.map(({ rate }) => rate))),
      ratio.toFixed(2),
      Math.round(median(these.map(({ heapMb }) => heapMb))),
      Math.round(median(these.map(({ withBuffersMb }) => withBuffersMb))),
    ];
  }),
);

let streamed = 0;
let streamMs = 0;
const before = heldMb();
const held: number[] = [];
const peak = await peakOf(async () => {
  const began = performance.now();
  for await (const hit of repository.stream()) {
    if (hit.id && (streamed += 1) % Math.floor(total / 4) === 0) held.push(heldMb() - before);
  }
  streamMs = performance.now() - began;
});
if (streamed !== total) throw new Error(`streamed ${streamed} of ${total}`);
console.log('');
printTable(
  ['stream', 'documents/s', 'heap at most, MB above the start', 'held after each quarter, MB above the start'],
  [
    [
      `${streamed} places`,
      Math.round(streamed / (streamMs / 1000)),
      Math.round(peak.heapMb),
      held.map((mb) => mb.toFixed(1)).join(', '),
    ],
  ],
);

await close();
await client.close();
await server.stop();
