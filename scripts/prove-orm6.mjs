// Runs @rookery/search, as packed, with MikroORM 6.6 and Nest 11 against real servers: npm run prove:orm6
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startOpenSearch, startPostgres } from '../tools/services/dist/index.js';

const ORM = '6.6.7';
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'rookery-orm6-'));

async function run(file, args, cwd, env = {}) {
  try {
    return (
      await promisify(execFile)(file, args, {
        cwd,
        env: { ...process.env, ...env },
        timeout: 300_000,
        maxBuffer: 2 ** 26,
      })
    ).stdout;
  } catch (error) {
    throw new Error(`${file} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr || error.message}`, {
      cause: error,
    });
  }
}

const started = [];
async function addressOf(variable, start) {
  if (process.env[variable]) return process.env[variable];
  const server = await start();
  started.push(server);
  return server.address;
}

try {
  const [packed] = Object.values(
    JSON.parse(
      await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], join(root, 'libs/search')),
    ),
  );
  const dependencies = {
    '@mikro-orm/core': ORM,
    '@mikro-orm/postgresql': ORM,
    '@nestjs/common': '^11.0.0',
    '@nestjs/core': '^11.0.0',
    '@opensearch-project/opensearch': '^3.0.0',
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.0.0',
    '@rookery/search': `file:${packed.filename}`,
  };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'orm6', private: true, type: 'module', dependencies }),
  );
  await copyFile(join(root, 'scripts/orm6/main.js'), join(folder, 'main.js'));
  const [POSTGRES_URL, OPENSEARCH_URL] = await Promise.all([
    addressOf('POSTGRES_URL', startPostgres),
    addressOf('OPENSEARCH_URL', startOpenSearch),
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], folder),
  ]);
  process.stdout.write(
    await run(process.execPath, ['main.js'], folder, { POSTGRES_URL, OPENSEARCH_URL, NODE_OPTIONS: '' }),
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await Promise.all(started.map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
}
