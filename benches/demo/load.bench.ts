/**
 * The demo under 64 connections, each figure beside what the machine can do without it: the same bodies sent straight to
 * OpenSearch, and the same 40 kB sent by a bare handler.
 *
 *     npm run build && npm run bench -- demo load [seconds, 60 by default]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startDemoServers } from './demo-servers.js';
import { DemoProcess, NODE_FLAGS } from './demo-process.js';
import type { Probed } from './event-loop-probe.js';
import { probe, WITH_PROBE } from './probe.js';
import { recording } from './recorded.js';
import { WORDS } from './words.js';
import { type Asked, type Figures, load } from './wrk.js';

const MOST_WARM_UP_SECONDS = 5;
/** Of about 40 kB. */
const ADDRESS = 72;
const UNLIMITED = '100000000/1m';

const seconds = Number(process.argv[2] ?? 60);
const servers = await startDemoServers(3);
const env = {
  ...servers.env,
  API_LIMIT: UNLIMITED,
  SEARCH_LIMIT: UNLIMITED,
  SEARCHES_AT_ONCE: '1000',
  SEARCH_TIMEOUT_MS: '20000',
  SLOW_QUERY_MS: '60000',
};
const searches: readonly Asked[] = WORDS.map((q) => ({ method: 'GET', path: `/search?q=${encodeURIComponent(q)}` }));
let demo: DemoProcess | undefined;
let bare: Awaited<ReturnType<typeof startBare>> | undefined;
try {
  const bodies = await bodiesOf(searches);
  demo = await DemoProcess.start(env, WITH_PROBE);
  const address = await (await fetch(`${demo.url}/addresses/${ADDRESS}`)).text();
  bare = await startBare(address);

  const kilobytes = Math.round(Buffer.byteLength(address) / 1000);
  console.log(`load average before: ${loadavg()[0]!.toFixed(2)}; ${seconds} s each, 64 connections\n`);
  print([
    'measured',
    'requests/s',
    'p50',
    'p99',
    'errors',
    'its CPU a request',
    'event loop p99',
    'resident before, after',
  ]);
  print(Array.from({ length: 8 }, () => '---'));
  const measure = async (what: string, url: string, requests: readonly Asked[], child?: ChildProcess) => {
    await load(url, requests, Math.min(seconds, MOST_WARM_UP_SECONDS));
    const before = child && (await probe(child));
    const figures = await load(url, requests, seconds);
    const after = child && (await probe(child));
    print([
      what,
      ...cellsOf(figures),
      ...(before && after ? used(before, after, figures.perSecond * seconds) : ['', '', '']),
    ]);
    return figures;
  };
  const get = (path: string): readonly Asked[] => [{ method: 'GET', path }];
  const plain = await measure(`a bare handler, the same ${kilobytes} kB`, bare.url, get('/'), bare.child);
  const express = await measure('the same by Express', bare.url, get('/express'), bare.child);
  const nest = await measure('the same by Nest', bare.url, get('/nest'), bare.child);
  const hits = await measure(`GET /addresses/${ADDRESS}, cached`, demo.url, get(`/addresses/${ADDRESS}`), demo.child);
  const engine = await measure('the same bodies, straight to OpenSearch', env.OPENSEARCH_URL, bodies);
  const found = await measure('GET /search with highlights and facets', demo.url, searches, demo.child);
  console.log(
    `\naddresses: ${(hits.perSecond / plain.perSecond).toFixed(2)} of the bare handler, ${(hits.perSecond / express.perSecond).toFixed(2)} of Express, ${(hits.perSecond / nest.perSecond).toFixed(2)} of Nest`,
  );
  console.log(`searches: p50 ${(found.p50Ms / engine.p50Ms).toFixed(2)} of OpenSearch's own`);
} finally {
  bare?.stop();
  await demo?.stop();
  await servers.stop();
}

/** The requests to OpenSearch for each search, by the demo itself, which loads its data meanwhile. */
async function bodiesOf(requests: readonly Asked[]): Promise<readonly Asked[]> {
  const between = await recording(env.OPENSEARCH_URL);
  const demo = await DemoProcess.start({ ...env, OPENSEARCH_URL: between.url });
  between.asked.length = 0;
  for (const { path } of requests) await (await fetch(demo.url + path)).arrayBuffer();
  await demo.stop();
  between.close();
  return between.asked;
}

async function startBare(body: string): Promise<Readonly<{ child: ChildProcess; url: string; stop: () => void }>> {
  const child = fork(fileURLToPath(new URL('bare-server.js', import.meta.url)), {
    execArgv: [...NODE_FLAGS, ...WITH_PROBE],
  });
  await once(child, 'message');
  child.send(body);
  const [port] = (await once(child, 'message')) as [number];
  return { child, url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

function cellsOf({ perSecond, p50Ms, p99Ms, errors }: Figures): string[] {
  return [perSecond.toFixed(0), ms(p50Ms), ms(p99Ms), String(errors)];
}

function used(before: Probed, after: Probed, requests: number): string[] {
  const memory = [before, after].map(({ residentBytes }) => `${Math.round(residentBytes / 1e6)} MB`);
  return [ms((after.cpuMs - before.cpuMs) / requests), ms(after.p99Ms), memory.join(', ')];
}

function print(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
