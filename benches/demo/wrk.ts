import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const CONNECTIONS = 64;
const THREADS = 2;

export type Asked = Readonly<{ method: 'GET' | 'POST'; path: string; body?: string }>;
export type Figures = Readonly<{ perSecond: number; p50Ms: number; p99Ms: number; errors: number }>;

/**
 * Sends `requests` in turn over 64 connections for `seconds`, by [wrk](https://github.com/wg/wrk), of Debian's package `wrk`.
 * Whatever is answered otherwise than by 2xx or 3xx counts as an error, and so does what is not answered.
 */
export async function load(url: string, requests: readonly Asked[], seconds: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'wrk-'));
  try {
    const script = join(folder, 'requests.lua');
    writeFileSync(script, scriptOf(requests));
    const args = [`-c${CONNECTIONS}`, `-t${THREADS}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url];
    const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.once('error', () => console.error('wrk cannot be started: apt-get install wrk'));
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    const [, figures] = /^figures (.*)$/m.exec(printed) ?? [];
    if (figures === undefined) throw new Error(`wrk has measured nothing: ${printed}`);
    return JSON.parse(figures) as Figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each connection goes through the requests in order; the figures come as one line of JSON. */
function scriptOf(requests: readonly Asked[]): string {
  const formats = requests.map(({ method, path, body }) => {
    const headers = body === undefined ? '{}' : '{["Content-Type"] = "application/json"}';
    return `  wrk.format(${quoted(method)}, ${quoted(path)}, ${headers}, ${body === undefined ? 'nil' : quoted(body)}),`;
  });
  return `
local requests, at = {}, 0
function init()
  requests = {
${formats.join('\n')}
  }
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('figures {"perSecond":%f,"p50Ms":%f,"p99Ms":%f,"errors":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

/** A literal of Lua: bodies hold quotes and backslashes, and no long bracket. */
function quoted(text: string): string {
  return `[==[${text}]==]`;
}
