// The first page of each library, as a new user follows it: its blocks become the files of an application that `nest new` made,
// which is built, tested by its stock command, started, and sent the requests of the page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blocksOf, filesOf, requestsOf } from './page-blocks.mjs';
import { run } from './run.mjs';

const root = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 60_000;
const REFRESH_TIMEOUT_MS = 20_000;

/**
 * What differs from the page: the addresses of the servers, and what the page itself describes for CommonJS and MikroORM 6.6.
 *
 * @param database its own, as applications before may have left tables behind
 */
function adapted(text, { modules, orm, servers, database }) {
  const [memcached] = servers.MEMCACHED_SERVERS.split(',');
  const postgres = new URL(servers.POSTGRES_URL);
  postgres.pathname = `/${database}`;
  let code = text
    .replaceAll('127.0.0.1:11211', memcached)
    .replaceAll('postgresql://postgres@127.0.0.1:5432/passages', postgres.href)
    .replaceAll('http://127.0.0.1:9200', servers.OPENSEARCH_URL)
    .replaceAll("prefix: 'dev'", `prefix: '${database}'`);
  if (modules === 'cjs') code = code.replaceAll(/(from '\.\/[^']+)\.js'/g, "$1'");
  if (orm === '6.6')
    code = code
      .replaceAll(/^import \{ ReflectMetadataProvider .*\n/gm, '')
      .replaceAll(/^ *metadataProvider: .*\n/gm, '')
      .replaceAll('@mikro-orm/decorators/legacy', '@mikro-orm/core');
  return code;
}

/**
 * @param app the folder of an installed application
 * @param template its `src` as `nest new` made it
 * @param env with the PATH to the application's Node
 * @throws where a page cannot be followed
 */
export async function proveFirstPage(app, template, library, { modules, orm, servers, env }) {
  const page = await readFile(join(root, 'libs', library, 'README.md'), 'utf8');
  const database = `first_${randomUUID().slice(0, 8)}`;
  await rm(join(app, 'src'), { recursive: true, force: true });
  await rm(join(app, 'dist'), { recursive: true, force: true });
  await cp(template, join(app, 'src'), { recursive: true });
  for (const [file, text] of filesOf(page)) {
    await mkdir(dirname(join(app, file)), { recursive: true });
    await writeFile(join(app, file), adapted(text, { modules, orm, servers, database }));
  }
  await run(join(app, 'node_modules/.bin/nest'), ['build'], { cwd: app, env });
  await run('npm', ['test'], { cwd: app, env: { ...env, CI: 'true' } });
  const port = await freePort();
  const running = await started(app, { ...env, PORT: String(port) }, port);
  try {
    const requests = requestsOf(page).map((line) => line.replaceAll('localhost:3000', `127.0.0.1:${port}`));
    const ask = (line) => run('bash', ['-c', line.replace('curl ', 'curl --silent --show-error ')], { cwd: app });
    await expectations[library](requests, ask, page);
  } catch (error) {
    throw new Error(`${error.message}\n${running.printed()}`, { cause: error });
  } finally {
    await running.stop();
  }
}

const expectations = {
  async limiter([request], ask, page) {
    const answers = [];
    for (let time = 0; time < 4; time++) answers.push(await ask(request));
    assert.deepEqual(
      answers.map((answer) => answer.split(' ')[1]),
      ['201', '201', '201', '429'],
    );
    const shown = blocksOf(page, '').find((block) => block.startsWith('HTTP/1.1 429'));
    // The tokens that have come back between the requests, and seconds, are not always the same.
    const comparable = (text) => text.toLowerCase().replaceAll(/\d+/g, 'N');
    for (const line of shown.split('\n').filter(Boolean))
      assert.ok(comparable(answers[3]).includes(comparable(line)), `not answered: ${line}\n${answers[3]}`);
  },
  async herd([request], ask) {
    const first = JSON.parse(await ask(request));
    assert.deepEqual(JSON.parse(await ask(request)), first);
    assert.equal(first.id, 1);
  },
  async search([add, find], ask, page) {
    await ask(add);
    const shown = JSON.parse(blocksOf(page, 'json')[0]);
    const deadline = Date.now() + REFRESH_TIMEOUT_MS;
    let answer;
    do {
      await sleep(200);
      answer = JSON.parse(await ask(find));
    } while (answer.total !== 1 && Date.now() < deadline);
    assert.deepEqual(answer, shown);
  },
};

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function started(app, env, port) {
  const child = spawn('node', ['dist/main.js'], { cwd: app, env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)) return { stop, printed: () => text };
    await sleep(100);
  }
  await stop();
  throw new Error(`the application did not start:\n${text}`);
}
