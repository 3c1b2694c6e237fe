import { rm, writeFile } from 'node:fs/promises';

const PASSED_ON = [
  'POSTGRES_URL',
  'OPENSEARCH_URL',
  'MEMCACHED_SERVERS',
  'REDIS_URL',
  'LIMITER_STORAGE',
  'DEMO_PREFIX',
  'DEMO_ADDRESSES',
];

/**
 * Tells other commands where the running demo and its servers are, for `node --env-file`. Only its owner may read the
 * file, as addresses hold passwords.
 *
 * @param file undefined: nothing is written.
 * @returns removes it.
 */
export async function writeEnvFile(
  file: string | undefined,
  url: string,
  env: NodeJS.ProcessEnv,
): Promise<() => Promise<void>> {
  if (file === undefined) return () => Promise.resolve();
  const variables = { ...Object.fromEntries(PASSED_ON.map((name) => [name, env[name]])), DEMO_URL: url };
  const lines = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value}"\n`],
  );
  await writeFile(file, lines.join(''), { mode: 0o600 });
  return () => rm(file, { force: true });
}
