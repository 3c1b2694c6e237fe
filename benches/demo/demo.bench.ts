/**
 * Measures the demo on servers of its own: first start, later start, memory, requests per second.
 *
 *     npm run build && npm run bench -- demo
 */
import { startDemoServers } from './demo-servers.js';
import { DemoProcess } from './demo-process.js';
import { requestsPerSecond } from './requests-per-second.js';
import { WORDS } from './words.js';

const TYPED = ['w', 'was', 'washing', 'john+a', 'abraham+li', 'state+of+the+union+19'];
const ADDRESSES = 233;

const servers = await startDemoServers(3);
try {
  const env = {
    ...servers.env,
    API_LIMIT: '100000000/1m',
    SEARCH_LIMIT: '100000000/1m',
    SEARCHES_AT_ONCE: '1000',
    SEARCH_TIMEOUT_MS: '20000',
  };

  print('measured', 'figure');
  print('---', '---');
  const first = await DemoProcess.start(env);
  print('first start: schema, 233 addresses loaded, 12,875 passages indexed', duration(first.startMs));
  print('of it loading and indexing', duration(first.workMs));
  print('peak memory (resident)', megabytes(first.peakBytes()));
  print('stop on SIGTERM', duration(await first.stop()));

  const later = await DemoProcess.start(env);
  print('later start', duration(later.startMs));
  const hits = await requestsPerSecond((request) => `${later.url}/addresses/${(request % ADDRESSES) + 1}`);
  print('GET /addresses/:id, all 233 in turn, cached', rate(hits));
  const searches = await requestsPerSecond(
    (request) => `${later.url}/search?q=${encodeURIComponent(WORDS[request % WORDS.length]!)}`,
  );
  print('GET /search with highlights and facets', rate(searches));
  const suggestions = await requestsPerSecond((request) => `${later.url}/suggest?q=${TYPED[request % TYPED.length]!}`);
  print('GET /suggest', rate(suggestions));
  const exportedAt = performance.now();
  const lines = (await (await fetch(`${later.url}/export`)).text()).trimEnd().split('\n').length;
  print(`GET /export, all ${lines.toLocaleString('en')} passages`, duration(performance.now() - exportedAt));
  print('peak memory (resident) under this load', megabytes(later.peakBytes()));
  await later.stop();
} finally {
  await servers.stop();
}

function print(what: string, value: string): void {
  console.log(`| ${what} | ${value} |`);
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function rate({ perSecond, p50Ms, p99Ms }: { perSecond: number; p50Ms: number; p99Ms: number }): string {
  return `${Math.round(perSecond)} requests/s (p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms)`;
}
