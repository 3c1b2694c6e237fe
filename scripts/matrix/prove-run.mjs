// One row of the table: an installed application is built, its spec is run, and it is started on one release of Node.
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodes } from './combinations.mjs';
import { run } from './run.mjs';

/** The folder of `node` of that release, from npm. */
export async function nodeFolder(folder, major) {
  const home = join(folder, `node-${major}`);
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await mkdir(home, { recursive: true });
  await writeFile(
    join(home, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: nodes[major] } }),
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: home });
  return join(home, 'node_modules', name, 'bin');
}

const builds = {
  tsc: ['nest', 'build'],
  swc: ['nest', 'build', '--builder', 'swc'],
  webpack: ['nest', 'build', '--builder', 'webpack'],
  'tsc alone': ['tsc', '--project', 'tsconfig.build.json'],
};

/** What the documentation of Nest requires where SWC is to emit ES modules. */
const swcForEsModules = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'es6' },
};

/** Nothing of this repository may be found by the application: neither its Node nor its tools, nor a condition of exports. */
export function environmentOf(app, node, vmModules = false) {
  const clean = process.env.PATH.split(':').filter((entry) => !entry.includes('node_modules'));
  return {
    NODE_OPTIONS: vmModules ? '--experimental-vm-modules' : '',
    PATH: [node, join(app, 'node_modules/.bin'), ...clean].join(':'),
  };
}

/**
 * @param servers addresses: POSTGRES_URL, OPENSEARCH_URL, MEMCACHED_SERVERS, REDIS_URL
 * @throws where a step fails, with what it printed
 */
export async function proveRun(app, { modules }, { builder, vmModules, untested }, node, servers) {
  const env = environmentOf(app, node, vmModules);
  await rm(join(app, 'dist'), { recursive: true, force: true });
  await rm(join(app, '.swcrc'), { force: true });
  if (builder === 'swc' && modules === 'esm') await writeFile(join(app, '.swcrc'), JSON.stringify(swcForEsModules));
  const [tool, ...args] = builds[builder];
  await run(join(app, 'node_modules/.bin', tool), args, { cwd: app, env });
  if (!untested) await run('npm', ['test'], { cwd: app, env: { ...env, CI: 'true' } });
  await run('node', ['dist/main.js'], {
    cwd: app,
    env: { ...env, ...servers, NODE_OPTIONS: '', DB_NAME: `matrix_${randomUUID().slice(0, 8)}` },
    timeoutMs: 120_000,
  });
}

/** `module: commonjs` with `moduleResolution: node10`, as older applications have it: every entry point has its types. */
export async function proveNode10(app, specifiers) {
  const lines = specifiers.map(
    (specifier, index) => `import * as entry${index} from '${specifier}';\nvoid entry${index};\n`,
  );
  await mkdir(join(app, 'node10'), { recursive: true });
  await writeFile(join(app, 'node10/entry-points.ts'), lines.join(''));
  const options = {
    module: 'commonjs',
    moduleResolution: 'node10',
    target: 'ES2022',
    strict: true,
    skipLibCheck: true,
  };
  await writeFile(
    join(app, 'node10/tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, noEmit: true, types: ['node'] }, files: ['entry-points.ts'] }),
  );
  await run(join(app, 'node_modules/.bin/tsc'), ['--project', 'node10'], { cwd: app });
}
