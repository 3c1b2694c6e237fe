/**
 * What a limiter adds to a request of a Nest application over Express, in memory, beside its peers in the same run.
 *
 *     npm run bench -- limiter guard
 *
 * Rounds take turns, so that a busy moment of the machine hits all alike; shown is the median of their CPU time.
 */
import type { INestApplication } from '@nestjs/common';
import type { RequestListener } from 'node:http';
import { GUARDED_APPS, PATH } from './guarded-apps.js';
import { InProcessRequests } from './in-process-requests.js';

const ROUNDS = 11;
const REQUESTS = 10_000;
const WARM_UP = 20_000;
const ADDRESSES = Array.from({ length: 10_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
const BASE = 'no limiter';

await compare('All admitted, 10,000 addresses in turn', 1_000_000, ADDRESSES, (status) => status === 200);
await compare('A flood of one address, refused', 1, ADDRESSES.slice(0, 1), () => true);

async function compare(
  title: string,
  limit: number,
  addresses: readonly string[],
  expected: (status: number) => boolean,
): Promise<void> {
  const apps: INestApplication[] = [];
  const runs: { name: string; requests: InProcessRequests; micros: number[] }[] = [];
  for (const [name, start] of Object.entries(GUARDED_APPS)) {
    const app = await start(limit);
    apps.push(app);
    runs.push({
      name,
      requests: new InProcessRequests(app.getHttpAdapter().getInstance() as RequestListener, PATH, addresses),
      micros: [],
    });
  }
  for (const { requests } of runs) await requests.cpuMicros(WARM_UP, expected);
  for (let round = 0; round < ROUNDS; round++) {
    for (const run of runs) run.micros.push(await run.requests.cpuMicros(REQUESTS, expected));
  }
  for (const app of apps) await app.close();

  const base = median(runs.find(({ name }) => name === BASE)!.micros);
  const own = median(runs.find(({ name }) => name === '@rookery/limiter')!.micros) - base;
  console.log(
    `\n${title}\n${'per request'.padEnd(42)}${'CPU'.padStart(10)}${'added'.padStart(10)}${'ratio of added'.padStart(16)}`,
  );
  for (const { name, micros } of runs) {
    const added = median(micros) - base;
    const ratio = name === BASE ? '' : (added / own).toFixed(2);
    console.log(`${name.padEnd(42)}${show(median(micros))}${show(added)}${ratio.padStart(16)}`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function show(micros: number): string {
  return `${micros.toFixed(1)} µs`.padStart(10);
}
