import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CLI = join(import.meta.dirname, '../../tools/services/dist/cli.js');
const NAMES = {
  postgres: 'POSTGRES_URL',
  opensearch: 'OPENSEARCH_URL',
  memcached: 'MEMCACHED_SERVERS',
  redis: 'REDIS_URL',
};
const START_TIMEOUT_MS = 600_000; // On an empty machine they are fetched before.

/**
 * The real servers by the name of their variable: those whose address is in the environment, the others as `npm run services`
 * starts them, which installs what is missing.
 */
export async function startServers() {
  const given = Object.fromEntries(Object.values(NAMES).map((variable) => [variable, process.env[variable]]));
  const wanted = Object.keys(NAMES).filter((name) => !given[NAMES[name]]);
  if (wanted.length === 0) return { addresses: given, stop: async () => {} };
  const child = spawn(process.execPath, [CLI, 'services'], {
    env: { ...process.env, ROOKERY_SERVICES: wanted.join(',') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = setTimeout(() => child.kill('SIGTERM'), START_TIMEOUT_MS);
  const addresses = { ...given };
  for await (const line of createInterface({ input: child.stdout })) {
    const [, variable, address] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (variable) addresses[variable] = address;
    if (Object.values(NAMES).every((name) => addresses[name])) break;
  }
  clearTimeout(deadline);
  const missing = Object.values(NAMES).filter((variable) => !addresses[variable]);
  if (missing.length === 0) return { addresses, stop };
  await stop();
  throw new Error(`no server for ${missing.join(', ')}: see above, or set the variable to the address of one`);
}
