import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MikroORM } from '@mikro-orm/postgresql';
import { describeWith } from '@rookery/services';
import { ormOptions } from '../src/entities/orm-options.js';
import { TYPESCRIPT } from './command.js';
import { LOADED_ADDRESSES, ownEnvironment } from './demo-under-test.js';
import { until } from './until.js';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const CONNECTIONS = 64;
const HTTP_TIMEOUT_MS = 20_000;

type RequestError = NodeJS.ErrnoException & { isFirst: boolean };
/** What a client saw of a request, which it named. */
type Seen = Readonly<{ id: string; end: number | string }>;
type Logged = Readonly<{ id: string; status: number; complete: boolean }>;

/** One request after the other over one connection, until one fails. */
async function keepAsking(url: string, name: string, onSeen: (seen: Seen) => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let request = 0; ; request += 1) {
    const id = `${name}-${request}`;
    const end = await ask(`${url}/addresses/${1 + (request % LOADED_ADDRESSES)}`, id, agent).catch(
      (error: RequestError) => `${error.code ?? error.message}${error.isFirst ? ' of a new connection' : ''}`,
    );
    onSeen({ id, end });
    if (end !== 200) return agent.destroy();
  }
}

function ask(url: string, id: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-request-id': id };
    const request = get(url, { agent, headers, timeout: HTTP_TIMEOUT_MS }, (response) => {
      response
        .resume()
        .once('end', () => (response.complete ? resolve(response.statusCode!) : reject(new Error('cut'))))
        .once('error', reject);
    });
    request
      .once('timeout', () => request.destroy(new Error('no answer')))
      .once('error', (error) => reject(Object.assign(error, { isFirst: !request.reusedSocket })));
  });
}

describeWith('postgres', 'the process', (postgres) => {
  const env = ownEnvironment({ postgres, opensearch: 'http://127.0.0.1:9', memcached: '127.0.0.1:9' });
  let child: ChildProcess | undefined;
  let lines: string[];

  const start = async (more: Record<string, string> = {}): Promise<string> => {
    lines = [];
    const own = spawn(process.execPath, [...TYPESCRIPT, MAIN], {
      env: { ...process.env, NODE_OPTIONS: '', ...env, API_LIMIT: '1000000/1m', ACCESS_LOG: 'on', ...more },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = own;
    for await (const line of createInterface({ input: own.stdout })) {
      lines.push(line);
      const [, url] = /^Open this address: (\S+)/.exec(line) ?? [];
      if (url === undefined) continue;
      createInterface({ input: own.stdout }).on('line', (later) => lines.push(later));
      return url;
    }
    throw new Error(`the demo ended before it served: ${lines.join('\n')}`);
  };

  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  afterAll(async () => {
    const orm = await MikroORM.init(ormOptions(env['POSTGRES_URL']!));
    await orm.schema.dropDatabase();
    await orm.close(true);
  });

  it.each([
    ['at once', {}],
    ['after a while in which a balancer looks elsewhere', { STOP_DELAY_MS: '300' }],
  ])(
    'fails none of the requests of 64 connections when SIGTERM stops it %s',
    async (_, more) => {
      const url = await start(more);
      const seen: Seen[] = [];
      const asking = Array.from({ length: CONNECTIONS }, (_each, at) =>
        keepAsking(url, `c${at}`, (one) => seen.push(one)),
      );
      // Each has its connection, which waits for nothing but answers.
      await until(
        () => Promise.resolve(new Set(seen.map(({ id }) => id.split('-')[0])).size),
        (clients) => clients === CONNECTIONS,
      );
      const exited = once(child!, 'exit');
      child!.kill('SIGTERM');
      await Promise.all(asking);
      expect(await exited).toEqual([0, null]);
      const logged = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Logged);
      expect(logged.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([]);
      // What failed never came to the process: its connection was refused, or was closed before it was read.
      const underWay = new Set(logged.map(({ id }) => id));
      expect(seen.filter(({ id, end }) => underWay.has(id) && end !== 200)).toEqual([]);
      expect(logged).toHaveLength(seen.filter(({ end }) => end === 200).length);
      if (!('STOP_DELAY_MS' in more))
        expect(seen.map(({ end }) => end)).not.toContain('ECONNRESET of a new connection');
    },
    120_000,
  );
});
