import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import { readConfig } from '../src/config/read-config.js';
import { ormOptions } from '../src/entities/orm-options.js';
import type { FaultTools } from '../src/machine-room/faults/server-control.js';
import { startDemo } from '../src/start.js';
import { ownDatabase } from './own-database.js';

/** How many addresses the tests load: those of Washington, Adams and Jefferson. */
export const LOADED_ADDRESSES = 20;

type Environment = Record<string, string>;

export type DemoUnderTest = Readonly<{
  url: string;
  /** What it has printed so far. */
  readonly printed: string;
  /** The environment that it was started with, to start another on the same data. */
  env: Environment;
  stop(): Promise<void>;
  /** Stops, and drops the database. */
  remove(): Promise<void>;
}>;

/** The addresses of all servers, with a database, an index prefix and a port of their own. */
export function ownEnvironment(servers: { postgres: string; opensearch: string; memcached: string }): Environment {
  return {
    POSTGRES_URL: ownDatabase(servers.postgres),
    OPENSEARCH_URL: servers.opensearch,
    MEMCACHED_SERVERS: servers.memcached,
    DEMO_PREFIX: `demo-${randomBytes(6).toString('hex')}`,
    DEMO_ADDRESSES: String(LOADED_ADDRESSES),
    // A machine that has much to do is no engine that is away: tests of the deadline set their own.
    SEARCH_TIMEOUT_MS: '20000',
    PORT: '0',
  };
}

/** Starts the real application, as `main.ts` does. */
export async function startDemoUnderTest(env: Environment, faultTools?: FaultTools): Promise<DemoUnderTest> {
  let printed = '';
  const controller = new AbortController();
  const demo = await startDemo(readConfig(env), { write: (text) => (printed += text) }, controller.signal, faultTools);
  const stop = async () => {
    controller.abort(new Error('the test is over'));
    await demo.stop();
  };
  const remove = async () => {
    await stop();
    const orm = await MikroORM.init(ormOptions(readConfig(env).postgresUrl));
    await orm.schema.dropDatabase();
    await orm.close(true);
  };
  return {
    url: demo.url,
    env,
    stop,
    remove,
    get printed() {
      return printed;
    },
  };
}

/** Deletes the indices of the environment's prefix. */
export async function deleteIndices({ OPENSEARCH_URL, DEMO_PREFIX }: Environment): Promise<void> {
  await fetch(`${OPENSEARCH_URL}/${DEMO_PREFIX}*`, { method: 'DELETE', signal: AbortSignal.timeout(5_000) });
}
