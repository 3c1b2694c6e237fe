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

type Outcome = Readonly<{ answered: number; failures: readonly string[] }>;

/** One request after the other over one connection, until the application takes no more. */
async function keepAsking(url: string, first: number, onAnswer: () => void): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const failures: string[] = [];
  for (let answered = 0; ; answered += 1) {
    try {
      const status = await ask(`${url}/addresses/${1 + ((first + answered) % LOADED_ADDRESSES)}`, agent);
      if (status !== 200) failures.push(String(status));
      onAnswer();
    } catch (error) {
      agent.destroy();
      const { code = String(error) } = error as NodeJS.ErrnoException;
      // A new connection is refused: that request was never under way.
      if (code !== 'ECONNREFUSED') failures.push(code);
      return { answered, failures };
    }
  }
}

function ask(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: HTTP_TIMEOUT_MS }, (response) => {
      response
        .resume()
        .once('end', () => (response.complete ? resolve(response.statusCode!) : reject(new Error('cut'))))
        .once('error', reject);
    });
    request.once('timeout', () => request.destroy(new Error('no answer'))).once('error', reject);
  });
}

describeWith('postgres', 'the process', (postgres) => {
  const env = ownEnvironment({ postgres, opensearch: 'http://127.0.0.1:9', memcached: '127.0.0.1:9' });
  let child: ChildProcess | undefined;
  let lines: string[];

  const start = async (more: Record<string, string> = {}): Promise<string> => {
    lines = [];
    const own = spawn(process.execPath, [...TYPESCRIPT, MAIN], {
      env: { ...process.env, NODE_OPTIONS: '', ...env, API_LIMIT: '1000000/1m', ...more },
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
      let answers = 0;
      const asking = Array.from({ length: CONNECTIONS }, (_each, index) =>
        keepAsking(url, index, () => (answers += 1)),
      );
      await until(
        () => Promise.resolve(answers),
        (count) => count > 2 * CONNECTIONS,
      );
      const exited = once(child!, 'exit');
      child!.kill('SIGTERM');
      const outcomes = await Promise.all(asking);
      expect(outcomes.flatMap(({ failures }) => failures)).toEqual([]);
      expect(outcomes.reduce((sum, { answered }) => sum + answered, 0)).toBe(answers);
      expect(await exited).toEqual([0, null]);
    },
    120_000,
  );
});
