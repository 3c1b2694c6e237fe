import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

/** Of one time: an instrumentation may only be mixed with packages that its release names. */
const instrumentations = {
  '@opentelemetry/api': '1.9.1',
  '@opentelemetry/context-async-hooks': '2.12.1',
  '@opentelemetry/instrumentation': '0.223.0',
  '@opentelemetry/instrumentation-http': '0.223.0',
  '@opentelemetry/instrumentation-ioredis': '0.71.0',
  '@opentelemetry/instrumentation-memcached': '0.66.0',
  '@opentelemetry/instrumentation-pg': '0.76.0',
  '@opentelemetry/sdk-trace-base': '2.12.1',
};

/**
 * OpenTelemetry's instrumentations of the clients, beside the libraries: each span has its name and its request, whichever
 * build is loaded.
 *
 * @param app an application that is proved, with the clients
 * @returns what was printed
 */
export async function proveInstrumented(app, servers) {
  const packages = Object.entries(instrumentations).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...quiet, ...packages], { cwd: app });
  await copyFile(join(import.meta.dirname, 'instrumented.mjs'), join(app, 'instrumented.mjs'));
  const printed = [];
  for (const way of ['import', 'require']) {
    const env = { ...servers, NODE_OPTIONS: '', DB_NAME: `traces_${randomUUID().slice(0, 8)}` };
    printed.push(await run(process.execPath, ['instrumented.mjs', way], { cwd: app, env, timeoutMs: 120_000 }));
  }
  return printed.join('');
}
